#!/bin/sh
# A dry run of deploy/compose.yaml and both Dockerfiles, as root on Debian, where no registry can be reached:
#
#     apt install buildah podman runc netavark aardvark-dns debootstrap && pip install podman-compose
#     sh tests/deploy/containers.sh
#
# The three public images are stood in for by Debian under their names; all else is as it is. Prints what it finds, ends with `well`,
# and takes all of it away again. Some three minutes.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
export BUILDAH_ISOLATION=chroot CONTAINERS_CONF="$work/containers.conf"
POSTGRES_PASSWORD=$(openssl rand -hex 16)
SECRET_KEY=$(openssl rand -hex 32)
export POSTGRES_PASSWORD SECRET_KEY
compose="podman-compose -f deploy/compose.yaml"
trap '$compose down -v >/dev/null 2>&1; rm -rf "$work"' EXIT
cat >"$CONTAINERS_CONF" <<'CONF'
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=4096:4096"]
[engine]
runtime = "runc"
[network]
network_backend = "netavark"
CONF

image() { # image NAME OPTION…
  name=$1
  shift
  buildah bud -q --pull-never --network host -t "$name" "$@" >/dev/null
  echo "built $name"
}

# python:3.11-slim
if [ -n "${BASE:-}" ]; then
  cp -a "$BASE" "$work/base"
else
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$work/base" >"$work/debootstrap.log"
fi
ln -sf python3 "$work/base/usr/bin/python"
tar -C "$work/base" -c . | podman import -q - docker.io/library/python:3.11-slim >/dev/null

# postgres:17: what its entry point does for a user who is not root
mkdir "$work/postgres" "$work/nginx"
cat >"$work/postgres/entry" <<'ENTRY'
#!/bin/sh
set -e
PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data
export PGDATA
if [ ! -s $PGDATA/PG_VERSION ]; then
  echo "$POSTGRES_PASSWORD" >/tmp/password
  initdb -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 $POSTGRES_INITDB_ARGS >/dev/null
  echo "host all all all scram-sha-256" >>$PGDATA/pg_hba.conf
  pg_ctl -o "-c listen_addresses=''" -w start >/dev/null
  createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl -m fast -w stop >/dev/null
fi
exec postgres -c "listen_addresses=*"
ENTRY
cat >"$work/postgres/Dockerfile" <<'FILE'
FROM docker.io/library/python:3.11-slim
RUN groupadd -g 999 postgres && useradd -u 999 -g 999 -d /var/lib/postgresql postgres \
 && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-15 >/dev/null \
 && mkdir -p /var/lib/postgresql/data && chown -R 999:999 /var/lib/postgresql /var/run/postgresql && chmod 3777 /var/run/postgresql
COPY entry /entry
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["sh", "/entry"]
FILE
cat >"$work/nginx/Dockerfile" <<'FILE'
FROM docker.io/library/python:3.11-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light >/dev/null
CMD ["nginx", "-g", "daemon off;"]
FILE
image docker.io/library/postgres:17 "$work/postgres"
image docker.io/library/nginx:1.28 "$work/nginx"
# pip sees the certificates and wheels of this machine
image localhost/microblog -v /etc/ssl/certs:/etc/ssl/certs:ro -v /opt:/opt:ro -f deploy/Dockerfile .
image localhost/microblog-nginx -f deploy/nginx.Dockerfile .

$compose config >/dev/null
$compose up -d --no-build >/dev/null 2>&1
cat >"$work/look.py" <<'LOOK'
import re, time, urllib.error, urllib.request
def ask(path):
    asked = urllib.request.Request("http://127.0.0.1:8080" + path, headers={"Host": "localhost:8000"})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, ""
deadline = time.monotonic() + 120
while (ready := ask("/readyz"))[0] != 200:
    assert time.monotonic() < deadline, ready
    time.sleep(1)
page = ask("/auth/login")
style = re.search(r'/static/[^"]+\.css', page[2])[0]
file = ask(style)
assert (page[0], file[0], file[1]["X-Request-ID"]) == (200, 200, None), "a page of ours, and a static file of nginx's"
print("readyz", ready[0], ready[2].strip(), "/auth/login", page[0], style, file[0], file[1]["Cache-Control"])
LOOK
podman exec -i microblog_nginx_1 python3 - <"$work/look.py"

for name in dbserver web worker nginx; do
  container=microblog_${name}_1
  user=$(podman exec "$container" id -u)
  able=$(podman exec "$container" sed -n 's/^CapEff:\s*//p' /proc/self/status)
  if podman exec "$container" sh -c 'touch /x || touch /usr/x || touch /srv/microblog/x' 2>/dev/null; then
    echo "$name can write to its root file system" >&2
    exit 1
  fi
  [ "$user" != 0 ] && [ "$able" = 0000000000000000 ]
  echo "$name: user $user, no capability, root file system read-only"
done
ask="SELECT count(*) FROM heartbeats WHERE seen_at > now() - interval '1 minute'"
[ "$(podman exec microblog_dbserver_1 psql -h /var/run/postgresql -U microblog -Atc "$ask" microblog)" = 1 ]
echo "one worker lives"
podman exec microblog_worker_1 test ! -e /run/microblog/app.sock
podman restart -t 30 microblog_web_1 >/dev/null
podman exec -i microblog_nginx_1 python3 - <"$work/look.py" >/dev/null
echo "the web is back after a restart"
echo well
