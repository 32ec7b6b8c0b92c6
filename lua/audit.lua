#!lua flags=no-writes
-- audit: reads what the keys of a ranking hold of some users, in one step, and whether these keys fit together.
--
-- KEYS[1]  meta     hash: epoch, seq
-- KEYS[2]  seals    hash, see seal.lua
-- KEYS[3]  ranking  sorted set: tie key .. user, by value
-- KEYS[4]  members  hash: user -> tie key .. score .. " " .. when it was reached, ms
-- KEYS[5]  levels   sorted set: each value once, by value; boards with dense ranks only
-- ARGV[1]  <board>:<window>:<period>
-- ARGV[2]  order: "asc" or "desc"
-- ARGV[3]  ties
-- ARGV[4...]  users, at most 1000
-- Reply: {epoch or nil, seq, 1 if the ranking is sealed else 0, number of members, number of places in the ranking,
--         what members holds of each user or nil, 1 for each user whose place in the ranking fits else 0}
local meta, seals, ranking, members, levels = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call, sub, match = redis.call, string.sub, string.match
local is_dense = ARGV[3] == 'dense'

local state = call('HMGET', meta, 'epoch', 'seq')
local users, held, fits = {}, {}, {}
for index = 4, #ARGV do users[index - 3] = ARGV[index] end
if #users > 0 then held = call('HMGET', members, unpack(users)) end
for index, place in ipairs(held) do
  fits[index] = 1
  if place then
    local value = call('ZSCORE', ranking, sub(place, 1, 16) .. users[index])
    local score = tonumber(match(place, '^%-?%d+', 17))
    if not value or not score or tonumber(value) ~= (ARGV[2] == 'asc' and 0 - score or score) then
      fits[index] = 0
    elseif is_dense and not call('ZSCORE', levels, value) then
      fits[index] = 0
    end
  end
end
return {
  state[1], tonumber(state[2]) or 0, call('HEXISTS', seals, ARGV[1]), call('HLEN', members), call('ZCARD', ranking),
  held, fits,
}
