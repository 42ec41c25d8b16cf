#!/bin/sh
# Installs Earshot on this machine, updates it, or takes it away again. Asks nothing. Run it again at any time: it only does what is missing.
set -eu
umask 022

usage() {
  cat <<'TEXT'
Usage: sh install.sh [options]            run as root, from an unpacked release or a checkout

  --prefix DIR        programs (default /opt/earshot)
  --data DIR          database and recordings (default /var/lib/earshot), on a local disk
  --config DIR        earshot.yaml (default /etc/earshot); an existing one is kept
  --user NAME         system user that Earshot runs as (default earshot), made when missing
  --with-model NAME   also fetch a speech model, e.g. base.en (needs the internet)
  --allow-internet    let the service reach the internet, for a CRM outside the house
  --no-systemd        no service; prints how to start it
  --no-start          install the service without starting it
  --uninstall         take programs and service away; settings and data stay
  --purge             with --uninstall: settings, data and user too. Needs --yes
  --yes               do not ask back
  --root DIR          install below DIR, for images and tests: no user, no service is touched
  --help              this text

Exit codes: 0 done, 1 failed, 2 wrong use.
TEXT
}

main() {
  prefix='' data='' config='' user='' model='' root='' action=install
  with_systemd=yes start=yes internet=no purge=no yes=no
  while [ $# -gt 0 ]; do
    case $1 in
      --*=*) value=${1#*=}; option=${1%%=*}; shift; set -- "$option" "$value" "$@" ;;
    esac
    case $1 in
      --prefix) prefix=$(a_path "$@"); shift 2 ;;
      --data) data=$(a_path "$@"); shift 2 ;;
      --config) config=$(a_path "$@"); shift 2 ;;
      --root) root=$(a_path "$@"); shift 2 ;;
      --user) user=$(a_name "$@"); shift 2 ;;
      --with-model) model=$(a_name "$@"); shift 2 ;;
      --allow-internet) internet=yes; shift ;;
      --no-systemd) with_systemd=no; shift ;;
      --no-start) start=no; shift ;;
      --uninstall) action=uninstall; shift ;;
      --purge) purge=yes; shift ;;
      --yes | -y) yes=yes; shift ;;
      --help | -h) usage; exit 0 ;;
      *) wrong "$1 is not an option; run with --help to see them" ;;
    esac
  done
  [ "$purge" = no ] || [ "$action" = uninstall ] || wrong "--purge belongs to --uninstall"
  [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "this must be run as root; run: sudo sh install.sh"

  : "${prefix:=/opt/earshot}"
  : "${data:=$(remembered data /var/lib/earshot)}"
  : "${config:=$(remembered config /etc/earshot)}"
  : "${user:=$(remembered user earshot)}"
  unit_folder=/etc/systemd/system
  command_file=/usr/local/bin/earshot
  [ -z "$root" ] || start=no
  if [ "$with_systemd" = yes ] && [ -z "$root" ] && [ ! -d /run/systemd/system ]; then
    with_systemd=no
    [ "$action" = uninstall ] || say "No systemd runs here: installing without a service"
  fi
  if [ "$action" = install ]; then install_all; else uninstall_all; fi
}

# --- install ---------------------------------------------------------------------------------------------------------

install_all() {
  source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
  if [ ! -f "$source/package.json" ] || [ ! -f "$source/scripts/setup.mjs" ]; then fail "$source holds no Earshot; run install.sh from an unpacked release"; fi
  node=$(find_node)
  version=$("$node" -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).version' "$source/package.json")
  case $version in *[!A-Za-z0-9.+-]* | '') fail "package.json names no version" ;; esac
  changed=no

  make_user
  install_programs
  remember
  install_folders
  install_command
  [ "$with_systemd" = no ] || install_service
  [ -z "$model" ] || [ -n "$root" ] || "$command_file" models fetch "$model" || say "The model was not fetched; Earshot works with its starter model meanwhile"
  remove_old_versions
  tell_how_it_goes_on
}

make_user() {
  [ -z "$root" ] || return 0
  if id -u "$user" >/dev/null 2>&1; then return 0; fi
  useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin "$user"
  say "Made the system user $user"
}

# Built aside and renamed into place, so that there is always one whole version.
install_programs() {
  target=$root$prefix/$version
  content=$(content_of_source)
  if [ "$(cat "$target/.earshot-content" 2>/dev/null || :)" = "$content" ]; then
    say "Version $version is installed already"
  else
    say "Installing version $version to $prefix"
    mkdir -p "$root$prefix"
    rm -rf "$root$prefix/.unfinished" "$root$prefix/.replaced"
    mkdir "$root$prefix/.unfinished"
    for part in $(parts) dist engines node_modules; do
      [ ! -e "$source/$part" ] || { mkdir -p "$root$prefix/.unfinished/$(dirname "$part")"; cp -R -p "$source/$part" "$root$prefix/.unfinished/$part"; }
    done
    [ -n "$root" ] || chown -R root:root "$root$prefix/.unfinished"
    (cd "$root$prefix/.unfinished" && "$node" scripts/setup.mjs --production) || fail "the programs could not be set up; nothing was changed"
    chmod -R u+rwX,go+rX,go-w "$root$prefix/.unfinished"
    printf '%s\n' "$content" >"$root$prefix/.unfinished/.earshot-content"
    [ ! -e "$target" ] || mv "$target" "$root$prefix/.replaced"
    mv "$root$prefix/.unfinished" "$target"
    rm -rf "$root$prefix/.replaced"
    changed=yes
  fi
  if [ "$(readlink "$root$prefix/current" 2>/dev/null || :)" != "$version" ]; then
    ln -s "$version" "$root$prefix/.current.$$"
    mv -T "$root$prefix/.current.$$" "$root$prefix/current"
    changed=yes
  fi
}

parts() {
  echo "app config models/manifest.json models/starter-en models/starter-encoder models/starter-findings models/starter-llama models/starter-slots scripts systemd package.json package-lock.json .npmrc tsconfig.json install.sh LICENSE README.md OPERATING.md"
}

# What the installation is made of; everything else follows from it.
content_of_source() {
  (
    cd "$source"
    for part in $(parts); do [ ! -e "$part" ] || find "$part" -type f -print0; done | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
  )
}

remember() {
  write_file "$root$prefix/.earshot-install" "data=$data
config=$config
user=$user"
}

install_folders() {
  if [ ! -d "$root$data" ]; then mkdir -p "$root$data"; chmod 700 "$root$data"; fi
  [ -e "$root$data/.earshot-data" ] || : >"$root$data/.earshot-data"
  mkdir -p "$root$config"
  [ -e "$root$config/.earshot-config" ] || : >"$root$config/.earshot-config"
  if [ ! -e "$root$config/earshot.yaml" ]; then
    write_file "$root$config/earshot.yaml" "# Settings of Earshot. Every setting is explained in $prefix/current/config/reference.md, an example is beside it.
# After a change: systemctl restart earshot
data_dir: $data"
    chmod 640 "$root$config/earshot.yaml"
    say "Wrote $config/earshot.yaml"
  fi
  [ -n "$root" ] || { chown "$user:$user" "$data" "$data/.earshot-data"; chown "root:$user" "$config" "$config/earshot.yaml"; chmod 750 "$config"; }
}

# The command: knows the settings of this installation, and never leaves files of root among the data.
install_command() {
  mkdir -p "$root$(dirname "$command_file")"
  write_file "$root$command_file" "#!/bin/sh
# Installed by Earshot's install.sh
EARSHOT_CONFIG=\${EARSHOT_CONFIG:-\"$config/earshot.yaml\"}
export EARSHOT_CONFIG
if [ \"\$(id -u)\" = 0 ] && id -u \"$user\" >/dev/null 2>&1; then
  exec runuser -u \"$user\" -- \"$prefix/current/scripts/earshot\" \"\$@\"
fi
exec \"$prefix/current/scripts/earshot\" \"\$@\""
  chmod 755 "$root$command_file"
}

install_service() {
  mkdir -p "$root$unit_folder"
  unit=$(sed -e "s|@PREFIX@|$prefix|g" -e "s|@DATA@|$data|g" -e "s|@CONFIG@|$config|g" -e "s|@USER@|$user|g" -e "s|@NODE@|$node|g" "$root$prefix/current/systemd/earshot.service")
  write_file "$root$unit_folder/earshot.service" "$unit"
  if [ "$internet" = yes ]; then
    mkdir -p "$root$unit_folder/earshot.service.d"
    write_file "$root$unit_folder/earshot.service.d/internet.conf" "$(cat "$root$prefix/current/systemd/earshot.service.d/internet.conf.example")"
  fi
  [ -z "$root" ] || return 0
  systemctl daemon-reload
  systemctl enable --quiet earshot.service
  [ "$start" = yes ] || return 0
  if [ "$changed" = yes ] || ! systemctl --quiet is-active earshot.service; then
    say "Starting the service"
    systemctl restart earshot.service || fail "the service does not start; see: journalctl -u earshot -n 50"
  fi
}

# The running version and the one before it stay.
remove_old_versions() {
  previous=''
  # shellcheck disable=SC2012 # names of versions are plain: they were checked when they were installed
  ls -1t "$root$prefix" | while read -r name; do
    if [ "$name" = current ] || [ "$name" = "$version" ] || [ ! -f "$root$prefix/$name/.earshot-content" ]; then continue; fi
    if [ -z "$previous" ]; then previous=$name; else rm -rf "$root${prefix:?}/${name:?}"; fi
  done
}

tell_how_it_goes_on() {
  say "Earshot $version is installed"
  say "  settings   $config/earshot.yaml"
  say "  data       $data"
  if [ "$with_systemd" = yes ]; then
    say "  service    systemctl status earshot"
  else
    say "  start it   runuser -u $user -- earshot serve      (have your own supervisor do that; SIGTERM stops it within 10 s)"
  fi
  say "  look       earshot doctor"
}

# --- uninstall -------------------------------------------------------------------------------------------------------

uninstall_all() {
  if [ "$purge" = yes ] && [ "$yes" = no ]; then
    fail "--purge deletes $data and $config for ever; say --yes when that is meant"
  fi
  if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl disable --quiet --now earshot.service 2>/dev/null || :; fi
  rm -f "$root$unit_folder/earshot.service" "$root$unit_folder/earshot.service.d/internet.conf"
  rmdir "$root$unit_folder/earshot.service.d" 2>/dev/null || :
  if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  if grep -q "Installed by Earshot" "$root$command_file" 2>/dev/null; then rm -f "$root$command_file"; fi
  remove_marked "$root$prefix" .earshot-install
  if [ "$purge" = yes ]; then
    remove_marked "$root$data" .earshot-data
    remove_marked "$root$config" .earshot-config
    if [ -z "$root" ] && id -u "$user" >/dev/null 2>&1; then userdel "$user" || say "The user $user is still in use and stays"; fi
    say "Earshot, its settings and its data are gone"
  else
    say "Earshot is gone; settings stay in $config, data in $data (delete them with --uninstall --purge --yes)"
  fi
}

# Only a folder that carries our mark is ever deleted.
remove_marked() {
  [ -e "$1" ] || return 0
  if [ -f "$1/$2" ]; then rm -rf "$1"; else say "$1 was not made by this installer and stays"; fi
}

# --- small things ----------------------------------------------------------------------------------------------------

remembered() {
  found=$(sed -n "s|^$1=||p" "$root$prefix/.earshot-install" 2>/dev/null || :)
  printf '%s' "${found:-$2}"
}

# Writes a file whole, and only when it differs.
write_file() {
  if [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; then return 0; fi
  printf '%s\n' "$2" >"$1.unfinished"
  mv "$1.unfinished" "$1"
  changed=yes
}

find_node() {
  found=$(command -v node) || fail "Node is missing; install Node 20.19 or newer (22 or 24 are better)"
  found=$(readlink -f "$found")
  "$found" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node $("$found" --version) is too old; install Node 20.19 or newer (22 or 24 are better)"
  case $found in
    /home/* | /root/*) [ "$with_systemd" = no ] || [ -n "$root" ] || fail "Node is in $found, where services may not look; install it for the whole machine" ;;
  esac
  printf '%s' "$found"
}

a_path() {
  [ $# -ge 2 ] || wrong "$1 needs a folder"
  case $2 in
    /*[!A-Za-z0-9\ ._/+@,:=-]*) wrong "$1 $2: a folder may hold letters, digits, spaces and ._+@,:=- only" ;;
    */../* | */..) wrong "$1 $2: give the folder without .." ;;
    /?*) printf '%s' "${2%/}" ;;
    *) wrong "$1 $2: give the whole path, beginning with /" ;;
  esac
}

a_name() {
  [ $# -ge 2 ] || wrong "$1 needs a name"
  case $2 in
    '' | *[!a-z0-9._-]* | [!a-z]*) wrong "$1 $2: expected lower-case letters, digits and ._-" ;;
    *) printf '%s' "$2" ;;
  esac
}

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
wrong() { printf 'install.sh: %s\n' "$*" >&2; exit 2; }

main "$@"
