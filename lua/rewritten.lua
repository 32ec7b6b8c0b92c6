#!lua flags=allow-oom
-- rewritten: records that the server has rewritten its append-only file since it started (docs/adr/0027).
--
-- KEYS[1]  meta  hash: rewriting
-- ARGV[1]  run_id of the server that has done so
-- ARGV[2]  run_id of this server
-- Reply: 1, or 0 if another server waits for that
local meta = KEYS[1]
if ARGV[1] ~= ARGV[2] or redis.call('HGET', meta, 'rewriting') ~= ARGV[1] then return 0 end
redis.call('HDEL', meta, 'rewriting')
return 1
