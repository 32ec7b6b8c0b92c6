#!lua flags=no-writes
-- read: answers a question about one ranking, in one step.
--
-- Values order a ranking: they are the scores, or the negated scores if low ones are better. So the list order is
-- always that of ZREVRANGE.
--
-- KEYS[1]  meta     hash: epoch, form:<board>, version:<board>:<window>, period:<board>:<window>
-- KEYS[2]  ranking  sorted set: tie key .. user, by value
-- KEYS[3]  members  hash: user -> tie key .. score .. " " .. when it was reached, ms
-- KEYS[4]  levels   sorted set: each value once, by value; boards with dense ranks only
-- ARGV[1]  field of the form in meta
-- ARGV[2]  generation of the board
-- ARGV[3]  field of the version in meta
-- ARGV[4]  field of the period in meta
-- ARGV[5]  start of the period in ms; empty if it need not be the current one, or never ends
-- ARGV[6], ARGV[7]  times between which it is the current one, in ms, half-open
-- ARGV[8]  ties
-- ARGV[9...]  the question:
--   "page", number of entries, value and member of the entry before the first; the member is empty for the head
--   "from", number of entries, place of the first one from 0
--   "around", number of entries, user
--   "users", user, ...
--   "rank", value of a newcomer
--   "top", number of entries, part of all entries in millionths
-- Reply: nil if the partition is closed
--        "form" if the board has a newer form
--        "moved <time, ms>" if another period is current: that of this time
--        "turn" if the period is current, and nobody has made it so
--        otherwise {epoch, version, now in ms, total, rank or count, runs}. A run is a list of consecutive entries:
--        {place of the first from 0, members with greater values than the first, levels greater than that,
--        {member, value, member, value, ...}, {what members holds of each}}
local meta, ranking, members, levels, ties = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[8]
local call, sub, floor, tie_key_length = redis.call, string.sub, math.floor, 16

local state = call('HMGET', meta, 'epoch', ARGV[1], ARGV[3], ARGV[4])
if not state[1] then return false end
if state[2] and tonumber(state[2]) > tonumber(ARGV[2]) then return 'form' end
local time = call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)
if ARGV[5] ~= '' then
  -- A clock that goes back does not bring back the period before: see turn.lua.
  local started = state[4] and tonumber(string.match(state[4], '^%-?%d+'))
  local counts = math.max(now, started or 0)
  if counts < tonumber(ARGV[6]) or counts >= tonumber(ARGV[7]) then return 'moved ' .. string.format('%d', counts) end
  if not started or started < tonumber(ARGV[5]) then return 'turn' end
end

local total, rank, runs = call('ZCARD', ranking), 0, {}

local function count_greater(key, value) return call('ZCOUNT', key, '(' .. value, '+inf') end

local function add_run(place, list, held)
  local value = list[2]
  if not value then return end
  runs[#runs + 1] = {
    place, place == 0 and 0 or count_greater(ranking, value),
    ties == 'dense' and place > 0 and count_greater(levels, value) or 0, list, held,
  }
end

local function add_entries(place, count)
  if count < 1 then return end
  local list, users = call('ZREVRANGE', ranking, place, place + count - 1, 'WITHSCORES'), {}
  for index = 1, #list, 2 do users[#users + 1] = sub(list[index], tie_key_length + 1) end
  if #users > 0 then add_run(place, list, call('HMGET', members, unpack(users))) end
end

local questions = {}

function questions.page(count, value, member)
  -- Equal values are ordered by member, descending. Find the place among them, even if the member has moved away.
  local start = 0
  if member ~= '' then
    start = count_greater(ranking, value)
    local beyond = call('ZCOUNT', ranking, value, '+inf')
    while start < beyond do
      local middle = floor((start + beyond) / 2)
      if call('ZREVRANGE', ranking, middle, middle)[1] < member then beyond = middle else start = middle + 1 end
    end
  end
  add_entries(start, tonumber(count))
end

function questions.from(count, place) add_entries(tonumber(place), tonumber(count)) end

function questions.around(count, user)
  local held = call('HGET', members, user)
  local place = held and call('ZREVRANK', ranking, sub(held, 1, tie_key_length) .. user)
  if not place then return end
  count = tonumber(count)
  add_entries(math.max(0, math.min(place - floor((count - 1) / 2), total - count)), count)
end

function questions.users(...)
  local users = {...}
  for index, held in ipairs(call('HMGET', members, ...)) do
    local member = held and sub(held, 1, tie_key_length) .. users[index]
    local place = held and call('ZREVRANK', ranking, member)
    if place then add_run(place, {member, call('ZSCORE', ranking, member)}, {held}) end
  end
end

function questions.rank(value)
  if ties == 'first' then
    rank = call('ZCOUNT', ranking, value, '+inf') + 1
  else
    rank = count_greater(ties == 'dense' and levels or ranking, value) + 1
  end
end

function questions.top(count, millionths)
  rank = math.ceil(total * millionths / 1000000)
  add_entries(0, math.min(tonumber(count), rank))
  add_entries(rank - 1, 1)
end

questions[ARGV[9]](unpack(ARGV, 10))
return {state[1], state[3] or '0', string.format('%d', now), total, rank, runs}
