#!/bin/sh
# Makes what is missing in deploy/secrets; what is there stays. The relay's public key comes from our own image.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p deploy/secrets
cd deploy/secrets
# Containers read these files as users of their own; the folder stays closed to others on this machine.
keep() { [ -s "$1" ] || printf '%s' "$2" > "$1"; chmod 644 "$1"; }
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
for name in secret_key database_password redis_password s3_access_key s3_secret_key turn_secret; do
  keep "$name" "$(random)"
done
keep database_url "postgresql://songjiao:$(cat database_password)@postgres:5432/songjiao"
keep redis_url "redis://:$(cat redis_password)@valkey:6379/0"
[ -s ticket_public_key ] || {
  SONGJIAO_SECRET_KEY=$(cat secret_key)
  export SONGJIAO_SECRET_KEY
  keep ticket_public_key "$(${SONGJIAO:-docker run --rm -e SONGJIAO_SECRET_KEY songjiao:0.1.0} public-key)"
}
