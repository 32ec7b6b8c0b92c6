#!lua
-- rebuild_end: opens a partition that was rebuilt.
--
-- KEYS[1]  meta  hash: rebuild (the token and the run_id), rebuild_progress, rebuild_wanted, awaits_rebuild, epoch,
--                run, seq, forgotten
-- ARGV[1]  token of the rebuild
-- ARGV[2]  new epoch
-- ARGV[3]  sequence number of the last event
-- ARGV[4]  the last second whose receipts are gone
-- ARGV[5]  run_id of this server
-- Reply: 1, or nil if another rebuild has begun, or the server has restarted
local meta = KEYS[1]
if redis.call('HGET', meta, 'rebuild') ~= ARGV[1] .. ' ' .. ARGV[5] then return false end
redis.call('HSET', meta, 'seq', ARGV[3], 'forgotten', ARGV[4] .. ' ' .. ARGV[4], 'epoch', ARGV[2],
  'run', ARGV[5])
redis.call('HDEL', meta, 'awaits_rebuild', 'rebuild', 'rebuild_progress', 'rebuild_wanted')
return 1
