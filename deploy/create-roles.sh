#!/bin/sh
# Run once by the database's image, when its volume is empty: the owner of the tables and the application's role.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" <<'SQL'
CREATE ROLE investpro_owner LOGIN PASSWORD :'owner';
CREATE ROLE investpro_app LOGIN PASSWORD :'app';
CREATE DATABASE investpro OWNER investpro_owner TEMPLATE template0;
REVOKE ALL ON DATABASE investpro FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE investpro TO investpro_app;
SQL
