#!lua flags=allow-oom
-- close: closes a partition until it is rebuilt, unless it is another one than was compared with the ledger.
--
-- KEYS[1]  meta  hash: epoch, awaits_rebuild
-- ARGV[1]  the epoch that was compared; empty if the partition was closed
-- Reply: 1 if it is closed and marked now, or 0 if it has another epoch
local meta = KEYS[1]
local state = redis.call('HMGET', meta, 'epoch', 'awaits_rebuild')
-- A node that paused after its comparison must not close what another one has rebuilt since.
if (state[1] or '') ~= ARGV[1] then return 0 end
-- The mark names the epoch: the rebuild has to know where the last events come from.
redis.call('HSET', meta, 'awaits_rebuild', state[1] or state[2] or '1')
redis.call('HDEL', meta, 'epoch')
return 1
