#!lua
-- apply: verified score updates of one ranking, one after the other, each of them whole or not at all.
-- For operator increment, order desc, ties first. What is needed is read first, for all updates at once; then each is
-- decided; then all is written, with one call for each key: Redis does not roll back, and a call costs more than its
-- work. The shebang makes Redis refuse the script at its start when it is out of memory.
--
-- KEYS  1 meta      hash: epoch, seq, version:<board>:<window>,    3 ranking  sorted set of tie key .. user
--                   forgotten                                      4 members  hash: user -> tie key .. score
--       2 outbox    stream, id <seq of the last event>-0, fields e and o for each event: event, outcome
--       5 ...       for each update its receipts (hash: signature -> "<submitted> <score> <rank> <board>", shared by
--                   the action ids of one second, which ends the key), then one for each of its limits
-- ARGV  1 visible top size     2 version field of meta     3 channel of the top     4 how long receipts are kept, ms
--       5 board
--       6 ...       for each update: user; amount to add; the request's new_score, or "-"; signature; event, what the
--                   ledger needs beside the outcome, opaque here; number of limits; and for each limit three: its name;
--                   what this update costs; what may be owed, both in us (GCRA, whose arrival time the key holds). With
--                   the name "daily": the count allowed, the key's lifetime in ms
-- Reply, for each update a string:  "applied <score> <rank>" | "replayed <score> <rank>", and the board if it was
--                   another | "reused" | "bounds" | "closed" | "limited <name> <retry after, ms>" | "stale <now, ms>
--                   <second>": its receipt may be gone, as those up to this second are | the error that it alone met
--
-- No action id counts twice, whatever any clock does (docs/adr/0012). Receipts have no expiry, which a step of Redis'
-- clock could bring about: this script alone deletes them, one second of issue after the other, and `forgotten` in meta
-- begins with the last second whose receipts are gone. An id of that second or before is taken by its receipt only. So
-- each id has its receipt from when it counts until it is refused for good.
-- A second is forgotten when Redis' clock and the issue time of an id that counts are both so much later. So neither a
-- Redis whose clock is ahead nor a node or game server whose clock is ahead can get good ids refused.
local meta, outbox, ranking, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local top_size, version_field, channel, board = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[5]
local score_max, tie_key_max, tie_key_length = 9007199254740991, 9007199254740991, 16
local call, format, sub, find, ceil = redis.call, string.format, string.sub, string.find, math.ceil
-- Where the second begins in the keys of receipts: they are named as meta is, with "receipts:" instead of "meta".
local second_at = #meta + 6

-- Where each update's keys and arguments begin.
local first_key, first_argument, users, limit_keys = {}, {}, {}, {}
-- For each key of receipts: the signatures that are asked for, and what is to be written.
local wanted, written, second_of = {}, {}, {}
do
  local key, at, count, total = 5, 6, 0, #ARGV
  while at <= total do
    count = count + 1
    first_key[count], first_argument[count], users[count] = key, at, ARGV[at]
    local receipts = KEYS[key]
    local signatures = wanted[receipts]
    if not signatures then
      signatures = {}
      wanted[receipts], written[receipts] = signatures, {}
      second_of[receipts] = sub(receipts, second_at)
    end
    signatures[#signatures + 1] = ARGV[at + 3]
    local limits = tonumber(ARGV[at + 5])
    for index = 1, limits do limit_keys[#limit_keys + 1] = KEYS[key + index] end
    key, at = key + 1 + limits, at + 6 + 3 * limits
  end
end

-- What is there. `receipt_of`, `held` and `places` go along with what is decided, ahead of Redis.
local state = call('HMGET', meta, 'epoch', 'seq', version_field, 'forgotten')
local epoch, seq, version = state[1], tonumber(state[2]) or 0, tonumber(state[3]) or 0
-- "<last second whose receipts are gone> <second when this was last looked at>". Seconds have ten digits from 2001 to
-- 2286, so texts are compared like numbers, which takes a tenth of the time.
local forgotten = state[4] or ''
local outcomes = {}
if not epoch then
  for index = 1, #users do outcomes[index] = 'closed' end
  return outcomes
end
local time = call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = format('%.0f', math.floor(now_us / 1000))
local receipt_of, held, places = {}, {}, {}
for receipts, signatures in pairs(wanted) do
  for index, receipt in ipairs(call('HMGET', receipts, unpack(signatures))) do
    receipt_of[signatures[index]] = receipt
  end
end
if #limit_keys > 0 then
  for index, value in ipairs(call('MGET', unpack(limit_keys))) do held[limit_keys[index]] = value end
end
for index, place in ipairs(call('HMGET', members, unpack(users))) do places[users[index]] = place end

-- What is to be written. `places_before` are those in Redis of users who move; `befores` and `afters` the scores of
-- each move: the difference between the ranking as Redis has it and as it will be.
local events, expiring, places_before, befores, afters, top_changed = {}, {}, {}, {}, {}, false

-- Forgets the receipts of seconds that are long over by Redis' clock and by the issue of an id that counts.
local function forget(second)
  local now = math.floor(now_us / 1000000)
  local last = math.max(0, math.min(now, second) - ceil(ARGV[4] / 1000) - 1)
  local known, gone = tonumber(string.match(forgotten, '^%d+')), {}
  if known then
    -- Step by step, which bounds the call; there are more only after a time without updates.
    last = math.max(known, math.min(last, known + 64))
    local prefix = sub(KEYS[5], 1, second_at - 1)
    for each = known + 1, last do gone[#gone + 1] = prefix .. format('%.0f', each) end
  else
    -- These are the partition's first receipts: what was before those of this call needs no deletion.
    for _, text in pairs(second_of) do last = math.min(last, tonumber(text) - 1) end
  end
  -- A second that is far in Redis' future must not keep others from looking.
  local mark = format('%.0f %.0f', last, math.min(now + 60, second))
  if mark == forgotten then return end
  forgotten = mark
  call('HSET', meta, 'forgotten', mark)
  if #gone > 0 then call('UNLINK', unpack(gone)) end
end

-- XADD first: it alone can still fail (a key of another type, a stream ahead of seq), and must then leave nothing
-- behind, least of all a receipt. The types of the others were seen by reading; SET takes any.
local function write()
  if #events > 0 then
    call('XADD', outbox, format('%.0f-0', seq), unpack(events))
    local gone, come, member = {}, {}, {}
    for user, before in pairs(places_before) do
      if before then gone[#gone + 1] = sub(before, 1, tie_key_length) .. user end
      local place = places[user]
      come[#come + 1], come[#come + 2] = sub(place, tie_key_length + 1), sub(place, 1, tie_key_length) .. user
      member[#member + 1], member[#member + 2] = user, place
    end
    if #gone > 0 then call('ZREM', ranking, unpack(gone)) end
    call('ZADD', ranking, unpack(come))
    call('HSET', members, unpack(member))
    if top_changed then
      version = version + 1
      call('HSET', meta, 'seq', format('%.0f', seq), version_field, format('%.0f', version))
      call('PUBLISH', channel, epoch .. '\n' .. format('%.0f', version) .. '\n' .. now_ms .. '\n'
        .. table.concat(call('ZREVRANGE', ranking, 0, top_size - 1, 'WITHSCORES'), '\n'))
    else
      call('HSET', meta, 'seq', format('%.0f', seq))
    end
  end
  for index = 1, #expiring, 3 do call('SET', expiring[index], expiring[index + 1], 'PX', expiring[index + 2]) end
  local newest = ''
  for receipts, pairs_of in pairs(written) do
    if #pairs_of > 0 then
      call('HSET', receipts, unpack(pairs_of))
      if second_of[receipts] > newest then newest = second_of[receipts] end
    end
  end
  if newest > sub(forgotten, 12) then forget(tonumber(newest)) end
end

-- Scores not below this one.
local function count_from(score, score_text)
  local count = call('ZCOUNT', ranking, score_text, '+inf')
  for index = 1, #afters do
    if afters[index] >= score then count = count + 1 end
    local before = befores[index]
    if before and before >= score then count = count - 1 end
  end
  return count
end

-- The place of a user in the ranking, from 0, by Redis: all that is decided has to be in it.
local function place_of(user, tie_key)
  if #events > 0 then
    write()
    events, expiring, places_before, befores, afters, top_changed = {}, {}, {}, {}, {}, false
    for receipts in pairs(written) do written[receipts] = {} end
  end
  return call('ZREVRANK', ranking, tie_key .. user)
end

local function decide(key, at)
  local user, amount, submitted, signature = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3]
  local done = receipt_of[signature]
  if done then
    local cut = find(done, ' ', 1, true)
    if sub(done, 1, cut - 1) ~= submitted then return 'reused' end
    local own = ' ' .. board
    if sub(done, -#own) == own then done = sub(done, 1, -#own - 1) end
    return 'replayed' .. sub(done, cut)
  end
  if second_of[KEYS[key]] <= forgotten then return 'stale ' .. now_ms .. ' ' .. string.match(forgotten, '^%d+') end

  -- Within the limits? GCRA as in Sources/Base/Basics/Rates/GCRA.swift: `cost` is the interval, `most` the tolerance,
  -- and the key holds the due time.
  local limits = tonumber(ARGV[at + 5])
  local values, lifetimes
  if limits > 0 then values, lifetimes = {}, {} end
  for index = 1, limits do
    local first = at + 3 + 3 * index
    local name, cost, most = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
    local value = tonumber(held[KEYS[key + index]] or 0)
    if name == 'daily' then
      if value >= cost then return 'limited daily 0' end
      values[index], lifetimes[index] = format('%.0f', value + 1), most
    else
      if value > now_us + most then
        -- Nobody can owe more: it was written while the clock was ahead, or the limit was longer then. It is cut, or
        -- the user would wait for longer than the limit's period; and it stays cut, even if this update is refused.
        value = now_us + most
        local count = #expiring
        held[KEYS[key + index]] = format('%.0f', value)
        expiring[count + 1], expiring[count + 2] = KEYS[key + index], format('%.0f', value)
        expiring[count + 3] = format('%.0f', ceil(most / 1000))
      end
      local arrival = math.max(value, now_us) + cost
      local early = arrival - now_us - most
      if early > 0 then return format('limited %s %.0f', name, ceil(early / 1000)) end
      values[index], lifetimes[index] = format('%.0f', arrival), ceil((arrival - now_us) / 1000)
    end
  end

  -- What it leads to. The newest of equal scores ranks last among them: its rank is the number of scores not below it.
  local place = places[user]
  local tie_key = place and sub(place, 1, tie_key_length)
  local old = place and tonumber(sub(place, tie_key_length + 1))
  if place and not old then error('ERR apply: members holds a place of another form') end
  local score = (old or 0) + amount
  if score > score_max or score < -score_max then return 'bounds' end
  local score_text, left_top, rank = format('%.0f', score), false
  if score == old then
    rank = place_of(user, tie_key) + 1
  else
    left_top = old and score < old and place_of(user, tie_key) < top_size
    rank = count_from(score, score_text) + ((old and score < old) and 0 or 1)
  end
  local outcome = score_text .. ' ' .. format('%.0f', rank)

  -- It counts.
  if score ~= old then
    seq = seq + 1
    local count = #events
    events[count + 1], events[count + 2] = 'e', ARGV[at + 4]
    events[count + 3], events[count + 4] = 'o', outcome .. ' ' .. now_ms
    if places_before[user] == nil then places_before[user] = place end
    places[user] = format('%016.0f', tie_key_max - seq) .. score_text
    count = #afters + 1
    befores[count], afters[count] = old or false, score
    top_changed = top_changed or rank <= top_size or left_top
  end
  for index = 1, limits do
    held[KEYS[key + index]] = values[index]
    local count = #expiring
    expiring[count + 1], expiring[count + 2] = KEYS[key + index], values[index]
    expiring[count + 3] = format('%.0f', lifetimes[index])
  end
  local receipt, receipts = submitted .. ' ' .. outcome .. ' ' .. board, written[KEYS[key]]
  receipt_of[signature] = receipt
  local count = #receipts
  receipts[count + 1], receipts[count + 2] = signature, receipt
  return 'applied ' .. outcome
end

for index = 1, #users do
  -- What one update alone meets (a receipt that no script wrote) is its own outcome; nothing was decided for it.
  local decided, outcome = pcall(decide, first_key[index], first_argument[index])
  if not decided then
    outcome = {err = type(outcome) == 'table' and outcome.err or 'ERR apply: ' .. tostring(outcome)}
  end
  outcomes[index] = outcome
end
write()
return outcomes
