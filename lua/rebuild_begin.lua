#!lua flags=allow-oom
-- rebuild_begin: begins the rebuild of a closed partition, and makes earlier rebuilds stop. A node that paused before
-- this call must not close, and empty, what another one has rebuilt since: so the partition has to be as it was found.
--
-- KEYS[1]  meta  hash: epoch, awaits_rebuild, rebuild, rebuild_wanted; all other fields go: the rebuild writes them
--                again
-- ARGV[1]  token of this rebuild
-- ARGV[2]  awaits_rebuild as it was found
-- ARGV[3]  rebuild as it was found; empty if there was none
-- ARGV[4]  run_id of this server. A server that has restarted may lack what was written, so it needs another rebuild
-- Reply: Redis' time in ms, or nil if the partition is open, was closed again, or is rebuilt by another node
local meta = KEYS[1]
local call = redis.call
local state = call('HMGET', meta, 'epoch', 'awaits_rebuild', 'rebuild', 'rebuild_wanted')
if state[1] or state[2] ~= ARGV[2] or (state[3] or '') ~= ARGV[3] then return false end
call('UNLINK', meta)
-- The mark says under which epoch the partition was closed, for events that only Redis has.
call('HSET', meta, 'awaits_rebuild', ARGV[2], 'rebuild', ARGV[1] .. ' ' .. ARGV[4])
if state[4] then call('HSET', meta, 'rebuild_wanted', state[4]) end
local time = call('TIME')
return string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
