#!/bin/sh
# Run once, by the first start of the database: the roles, and the database that one of them owns.
set -eu

: "${APP_DATABASE_PASSWORD:?}" "${OWNER_DATABASE_PASSWORD:?}"

psql --set ON_ERROR_STOP=1 --no-psqlrc --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set app_password="$APP_DATABASE_PASSWORD" --set owner_password="$OWNER_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE confederation_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'app_password';
CREATE ROLE confederation_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'owner_password';
CREATE ROLE confederation_urn NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT confederation_app TO confederation_owner WITH INHERIT FALSE, SET TRUE;
GRANT confederation_urn TO confederation_owner WITH INHERIT TRUE, SET TRUE;
CREATE DATABASE confederation OWNER confederation_owner TEMPLATE template0;
REVOKE ALL ON DATABASE confederation FROM PUBLIC;
GRANT CONNECT ON DATABASE confederation TO confederation_app;
SQL
