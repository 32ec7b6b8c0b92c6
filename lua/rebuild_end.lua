#!lua
-- rebuild_end: opens a partition that was rebuilt.
--
-- KEYS[1]  meta  hash: rebuild (the token), rebuild_progress, rebuild_wanted, awaits_rebuild, epoch, seq, forgotten
-- ARGV[1]  token of the rebuild
-- ARGV[2]  new epoch
-- ARGV[3]  sequence number of the last event
-- ARGV[4]  the last second whose receipts are gone
-- Reply: 1, or nil if another rebuild has begun
local meta = KEYS[1]
if redis.call('HGET', meta, 'rebuild') ~= ARGV[1] then return false end
redis.call('HSET', meta, 'seq', ARGV[3], 'forgotten', ARGV[4] .. ' ' .. ARGV[4], 'epoch', ARGV[2])
redis.call('HDEL', meta, 'awaits_rebuild', 'rebuild', 'rebuild_progress', 'rebuild_wanted')
return 1
