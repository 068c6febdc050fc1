#!/bin/sh
# A dry run of deploy/systemd/ under the real systemd, in a container, as root on Debian, after containers.sh, whose images it uses:
#
#     sh tests/deploy/systemd.sh
#
# While eight visitors ask without pause, the web server is restarted, reloaded, killed and stopped. Prints what they were answered,
# once with the units as they are and once without the socket, and ends with `well` if nobody was refused with it. A minute.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
export BUILDAH_ISOLATION=chroot CONTAINERS_CONF="$work/containers.conf"
box=microblog-systemd-$$
trap 'podman rm -f -t 3 "$box" >/dev/null 2>&1; rm -rf "$work"' EXIT
cat >"$CONTAINERS_CONF" <<'CONF'
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=4096:4096"]
[engine]
runtime = "runc"
[network]
network_backend = "netavark"
CONF
mkdir "$work/code"
cp -r deploy microblog static templates wsgi.py preload.py uwsgi.ini requirements.lock setup.cfg nginx.conf "$work/code"
cat >"$work/Dockerfile" <<'FILE'
FROM localhost/microblog AS app
FROM docker.io/library/python:3.11-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    systemd systemd-sysv nginx-light postgresql-15 >/dev/null \
 && useradd --system --no-create-home --home-dir /srv/microblog --shell /usr/sbin/nologin microblog
COPY --from=app /venv /venv
COPY . /srv/microblog
RUN chown -R microblog:microblog /srv/microblog && ln -s /venv /srv/microblog/.venv \
 && install -d -o microblog -m 700 /srv/backups && cp /srv/microblog/deploy/systemd/* /etc/systemd/system/
CMD ["/sbin/init"]
FILE
buildah bud -q --pull-never --network host -t "localhost/$box" -f "$work/Dockerfile" "$work/code" >/dev/null 2>&1

cat >"$work/setup.sh" <<'SETUP'
set -e
cd /srv/microblog
until runuser -u postgres -- psql -qc "CREATE ROLE microblog LOGIN PASSWORD 'for a minute'" 2>/dev/null; do sleep 1; done
runuser -u postgres -- createdb -O microblog -T template0 -E UTF8 --locale=C.UTF-8 microblog
cat >.env <<ENV
MICROBLOG_ENV=production
SECRET_KEY=7c1f0b93d2e84a56b1f7a0c4e9d3586222aa
DATABASE_URL=postgresql://microblog:for%20a%20minute@localhost/microblog
PUBLIC_URL=http://localhost/microblog
MICROBLOG_NO_VENV=1
RATE_LIMITS=off
ENV
chown microblog .env
chmod 600 .env
{ echo "user www-data;"; sed -e 's#unix:var/run/#unix:/run/microblog/#; s#127.0.0.1:8080 #80 #; s#alias static/#alias /srv/microblog/static/#' \
  -e 's#var/run/nginx.pid#/run/nginx.pid#; s#var/log/nginx-#/var/log/nginx/#; s#var/run/nginx-#/var/lib/nginx/#' \
  -e '/^ *limit_req zone\|^ *limit_conn con/d' nginx.conf; } >/etc/nginx/nginx.conf
systemctl restart nginx
systemctl enable -q --now microblog-web.socket microblog-web microblog-worker
systemctl start microblog-backup
ls /srv/backups/microblog-*.zip
SETUP
cat >"$work/load.py" <<'LOAD'
import collections, http.client, subprocess, sys, threading, time
counts, over, lock, slowest = collections.Counter(), threading.Event(), threading.Lock(), 0.0
def ask(path):
    global slowest
    while not over.is_set():
        began = time.monotonic()
        try:
            line = http.client.HTTPConnection("localhost", 80, timeout=30)
            line.request("GET", path)
            found = line.getresponse().status
            line.close()
        except Exception as error:
            found = type(error).__name__
        with lock:
            counts[found] += 1
            slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.005)
paths = ("auth/login", "auth/register", "readyz", "livez")
threads = [threading.Thread(target=ask, args=(f"/microblog/{path}",)) for path in 2 * paths]
for thread in threads:
    thread.start()
for command in sys.argv[1:]:
    time.sleep(6)
    subprocess.run(command, shell=True, stderr=subprocess.DEVNULL)
time.sleep(6)
over.set()
for thread in threads:
    thread.join()
print(dict(counts), f"slowest {slowest:.1f} s")
sys.exit(set(counts) != {200})
LOAD
podman run -d --name "$box" --systemd=always --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt unmask=ALL \
  "localhost/$box" >/dev/null
for file in setup.sh load.py; do podman cp "$work/$file" "$box:/$file"; done
podman exec "$box" sh /setup.sh
podman exec "$box" systemctl is-active microblog-web.socket microblog-web microblog-worker

restart="systemctl restart microblog-web"
echo "restarted twice, reloaded, killed, stopped:"
podman exec "$box" python3 /load.py "$restart" "$restart" "touch /run/microblog/reload" \
  "systemctl kill -s KILL --kill-whom=main microblog-web" "systemctl stop microblog-web"
echo "restarted once without the socket:"
podman exec "$box" sh -c 'systemctl disable -q --now microblog-web.socket microblog-web
  sed -i "/^Requires=microblog-web.socket/d" /etc/systemd/system/microblog-web.service
  systemctl daemon-reload && systemctl start microblog-web' 2>/dev/null
if podman exec "$box" python3 /load.py "$restart"; then
  echo "nobody was refused without it either: this has shown nothing" >&2
  exit 1
fi
echo well
