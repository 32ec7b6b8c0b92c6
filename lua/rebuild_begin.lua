#!lua flags=allow-oom
-- rebuild_begin: begins the rebuild of a partition. It closes the partition, and makes earlier rebuilds stop.
--
-- KEYS[1]  meta  hash: epoch, awaits_rebuild, rebuild_wanted; all other fields go: the rebuild writes them again
-- ARGV[1]  token of this rebuild
-- ARGV[2]  run_id of this server. A server that has restarted may lack what was written, so it needs another rebuild
-- Reply: Redis' time in ms
local meta = KEYS[1]
local call = redis.call
local state = call('HMGET', meta, 'epoch', 'awaits_rebuild', 'rebuild_wanted')
call('UNLINK', meta)
-- The mark says under which epoch the partition was closed, for events that only Redis has.
call('HSET', meta, 'awaits_rebuild', state[1] or state[2] or '1', 'rebuild', ARGV[1] .. ' ' .. ARGV[2])
if state[3] then call('HSET', meta, 'rebuild_wanted', state[3]) end
local time = call('TIME')
return string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
