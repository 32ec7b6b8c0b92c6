#!lua
-- rebuild_write: writes to a partition, for its rebuild.
--
-- KEYS[1]  meta  hash: rebuild (the token and the run_id)
-- KEYS[2...]  the keys to write, one for each command
-- ARGV[1]  token of the rebuild
-- ARGV[2...]  for each command: its letter (h: HSET, z: ZADD, s: SET), the number of its arguments, and these
-- ARGV[#ARGV]  run_id of this server
-- Reply: 1, or nil if another rebuild has begun, or the server has restarted
local call, at = redis.call, 2
if call('HGET', KEYS[1], 'rebuild') ~= ARGV[1] .. ' ' .. ARGV[#ARGV] then return false end
for index = 2, #KEYS do
  local letter, count = ARGV[at], tonumber(ARGV[at + 1])
  local first, last = at + 2, at + 1 + count
  if letter == 'h' then
    call('HSET', KEYS[index], unpack(ARGV, first, last))
  elseif letter == 'z' then
    call('ZADD', KEYS[index], unpack(ARGV, first, last))
  else
    call('SET', KEYS[index], unpack(ARGV, first, last))
  end
  at = last + 1
end
return 1
