# The nginx of compose.yaml with our static files, from the root of the repository:
#
#     docker build -t microblog-nginx -f deploy/nginx.Dockerfile .
#
# Built together with the image of the program, so that the files are those which its pages name.

FROM nginx:1.28
COPY deploy/nginx-compose.conf /etc/nginx/nginx.conf
COPY static/ /srv/microblog/static/
# The image's own nginx, in the group of the program, which alone may use its socket.
USER 101:10001
EXPOSE 8080
