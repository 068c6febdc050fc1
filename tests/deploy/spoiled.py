"""Ways to get nginx.conf wrong: what is changed in it, the check of the doctor that finds it, how bad it is, and words of what
mends it."""

UWSGI_PASS = "location /microblog/ { uwsgi_pass microblog; }"
STATIC = "location ~ ^/microblog/static/[0-9a-f]+/(?<file>.+\\.[a-z0-9]+)$ {"
COPIES = (
    "uwsgi_cache_path var/run/copies keys_zone=copies:1m; uwsgi_cache copies; uwsgi_cache_key $uri; uwsgi_cache_valid 200 1m; "
    "uwsgi_ignore_headers Cache-Control Expires Set-Cookie Vary; uwsgi_connect_timeout 10s;"
)
SPOILED = {
    "no address": (
        [("uwsgi_param REMOTE_ADDR $remote_addr;", "")],
        "proxy.address",
        "wrong",
        "uwsgi_param REMOTE_ADDR $remote_addr;",
    ),
    "a proxy's address": (
        [("uwsgi_param REMOTE_ADDR $remote_addr;", "uwsgi_param REMOTE_ADDR 127.0.0.1;")],
        "proxy.address",
        "wrong",
        "real_ip_header",
    ),
    "an address that anybody may forge": (
        [("merge_slashes on;", "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;")],
        "proxy.forged_address",
        "wrong",
        "set_real_ip_from only for the addresses of your own proxies",
    ),
    "a scheme that anybody may forge": (
        [("uwsgi_param HTTP_X_FORWARDED_PROTO $scheme;", "")],
        "proxy.forged_headers",
        "warning",
        "uwsgi_param HTTP_X_FORWARDED_PROTO $scheme;",
    ),
    "a prefix that anybody may forge": (
        [('uwsgi_param HTTP_X_FORWARDED_PREFIX "";', "")],
        "proxy.forged_headers",
        "warning",
        'uwsgi_param HTTP_X_FORWARDED_PREFIX "";',
    ),
    "Host without its port": (
        [("uwsgi_param HTTP_HOST $http_host;", "uwsgi_param HTTP_HOST $host;")],
        "proxy.host",
        "wrong",
        "uwsgi_param HTTP_HOST $http_host;",
    ),
    "ids that clients choose": (
        [("uwsgi_param HTTP_X_REQUEST_ID $request_id;", "")],
        "proxy.request_id",
        "warning",
        "uwsgi_param HTTP_X_REQUEST_ID $request_id;",
    ),
    "chunked bodies that are lost": (
        [('uwsgi_param HTTP_TRANSFER_ENCODING "";', "")],
        "proxy.chunked",
        "wrong",
        'uwsgi_param HTTP_TRANSFER_ENCODING "";',
    ),
    "short headers": ([("buffers 4 8k", "buffers 4 4k")], "proxy.fat_cookie", "wrong", "large_client_header_buffers 4 8k;"),
    "few headers": ([("buffers 4 8k", "buffers 2 1k")], "proxy.many_headers", "warning", "large_client_header_buffers 4 8k;"),
    "no room for forms": ([("size 256k", "size 10k")], "proxy.room", "wrong", "client_max_body_size 256k;"),
    "no room for pictures": ([("size 5m", "size 1m")], "proxy.room", "wrong", "client_max_body_size 5m;"),
    "no bound": ([("size 256k", "size 0")], "proxy.bound", "warning", "client_max_body_size 256k;"),
    "pages of errors in our place": (
        [(UWSGI_PASS, UWSGI_PASS.replace("}", "uwsgi_intercept_errors on; error_page 404 /oh-dear; }"))],
        "proxy.not_found",
        "wrong",
        "uwsgi_intercept_errors",
    ),
    "no HEAD": (
        [(UWSGI_PASS, UWSGI_PASS.replace("{", "{ if ($request_method = HEAD) { return 405; }"))],
        "proxy.head",
        "warning",
        "limit_except",
    ),
    "a new connection each time": (
        [("keepalive_timeout 30s", "keepalive_timeout 0")],
        "proxy.keeps_line",
        "warning",
        "keepalive_timeout",
    ),
    "a header stripped": (
        [("tcp_nopush on;", "uwsgi_hide_header Content-Security-Policy;")],
        "pages.security",
        "wrong",
        "uwsgi_hide_header Content-Security-Policy",
    ),
    "a header doubled": (
        [("tcp_nopush on;", "add_header X-Content-Type-Options nosniff;")],
        "pages.security",
        "wrong",
        "add_header X-Content-Type-Options",
    ),
    "cookies that are taken away": (
        [("tcp_nopush on;", "uwsgi_hide_header Set-Cookie;")],
        "pages.cookies",
        "wrong",
        "no `uwsgi_hide_header Set-Cookie`",
    ),
    "private pages that are kept": ([("tcp_nopush on;", "expires 1h;")], "pages.private", "wrong", "no `expires`"),
    "private pages for everybody": ([("uwsgi_connect_timeout 10s;", COPIES)], "pages.copies", "wrong", "no `uwsgi_cache`"),
    "nothing compressed": ([("gzip on;", "gzip off;")], "pages.packed", "warning", "gzip on;"),
    "only pages compressed": ([("gzip_types text/css ", "gzip_types ")], "pages.packed", "warning", "gzip_types text/css"),
    "compressed and kept for others": ([("gzip_vary on;", "")], "pages.packed", "warning", "gzip_vary on;"),
    "static files in a folder that is none": ([("alias static/", "alias nowhere/")], "static.found", "wrong", "/static/$file"),
    "style sheets that are no style sheets": ([("text/css css;", "")], "static.found", "wrong", "mime.types"),
    "static files through Python": ([(STATIC, STATIC.replace("microblog", "nobody"))], "static.kept", "warning", "alias"),
    "static files that are not kept": (
        [("expires max;", ""), ('add_header Cache-Control "public, immutable";', "")],
        "static.kept",
        "warning",
        "expires max;",
    ),
    "another prefix": (
        [(UWSGI_PASS, UWSGI_PASS.replace("/microblog/", "/blog/"))],
        "address.prefix",
        "wrong",
        "MICROBLOG_MOUNT=/microblog",
    ),
    "a prefix that is cut off": (
        [(UWSGI_PASS, UWSGI_PASS.replace("{", "{ rewrite ^/microblog(/.*)$ $1 break;"))],
        "address.prefix",
        "wrong",
        "must not cut it off",
    ),
    "a slash that leads elsewhere": (
        [("location = /microblog { return 308 /microblog/$is_args$args; }", ""), ("absolute_redirect off;", "")],
        "address.slash",
        "warning",
        "absolute_redirect off",
    ),
    "a slash that leads nowhere": (
        [("return 308 /microblog/$is_args$args;", "return 404;")],
        "address.slash",
        "warning",
        "return 308",
    ),
    "a socket that is none": ([("app.sock", "nobody.sock")], "address.answers", "wrong", "upstream"),
}
