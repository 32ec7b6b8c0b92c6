#!lua flags=allow-oom
-- rebuild_clear: removes keys, for the rebuild of a partition.
--
-- KEYS[1]  meta  hash: rebuild (the token and the run_id)
-- KEYS[2...]  the keys to remove
-- ARGV[1]  token of the rebuild
-- ARGV[2]  run_id of this server
-- Reply: 1, or nil if another rebuild has begun, or the server has restarted
if redis.call('HGET', KEYS[1], 'rebuild') ~= ARGV[1] .. ' ' .. ARGV[2] then return false end
if #KEYS > 1 then redis.call('UNLINK', unpack(KEYS, 2)) end
return 1
