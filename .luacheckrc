-- The scripts run inside Redis: Lua 5.1 and what Redis adds. Nothing may be written to but locals.
std = "lua51"
read_globals = { "redis", "KEYS", "ARGV", "cjson", "cmsgpack", "bit", "struct" }
max_line_length = 120
