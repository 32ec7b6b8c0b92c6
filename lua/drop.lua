#!lua flags=allow-oom
-- drop: removes the keys of a ranking that was sealed and archived. A ranking that still takes updates stays.
--
-- KEYS[1]  open     sorted set: <board>:<window>:<period>, by the time from which it is sealed, in ms
-- KEYS[2]  seals    hash, see seal.lua
-- KEYS[3]  ranking  sorted set: tie key .. user, by value
-- KEYS[4]  members  hash: user -> tie key .. score .. " " .. when it was reached, ms
-- KEYS[5]  levels   sorted set: each value once, by value; boards with dense ranks only
-- ARGV[1]  <board>:<window>:<period>
-- ARGV[2]  number of entries at the head that stay, for watchers of a season
-- ARGV[3]  "seal" and the sequence number of the seal event that was archived; or "cut" and the time from which it was
--          to be sealed, in ms, if it is dropped unsealed; or empty for any
-- Reply: 1, or 0 if the ranking still takes updates, or is not the one that was archived
local open, seals, ranking, members, levels = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call, name, count = redis.call, ARGV[1], tonumber(ARGV[2])
local time = call('TIME')
local cut = call('ZSCORE', open, name)
-- A node that paused between archiving and dropping must not drop a new season of the same name.
if cut and tonumber(cut) > time[1] * 1000 + math.floor(time[2] / 1000) then return 0 end
local kind, number = string.match(ARGV[3], '^(%a+) (.+)$')
if kind == 'seal' and cut and call('HGET', seals, name) ~= number then return 0 end
if kind == 'cut' and cut and tonumber(cut) ~= tonumber(number) then return 0 end

local come, held, distinct = {}, {}, {}
if count > 0 then
  local top, users, is_dense = call('ZREVRANGE', ranking, 0, count - 1, 'WITHSCORES'), {}, call('EXISTS', levels) == 1
  for index = 1, #top, 2 do
    local member, value = top[index], top[index + 1]
    users[#users + 1] = string.sub(member, 17)
    come[#come + 1], come[#come + 2] = value, member
    if is_dense then distinct[#distinct + 1], distinct[#distinct + 2] = value, value end
  end
  if #users > 0 then
    for index, place in ipairs(call('HMGET', members, unpack(users))) do
      if place then held[#held + 1], held[#held + 2] = users[index], place end
    end
  end
end
call('UNLINK', ranking, members, levels)
call('ZREM', open, name)
if #come == 0 then
  call('HDEL', seals, name)
  return 1
end
call('HSET', seals, name, '0')
call('ZADD', ranking, unpack(come))
if #held > 0 then call('HSET', members, unpack(held)) end
if #distinct > 0 then call('ZADD', levels, unpack(distinct)) end
return 1
