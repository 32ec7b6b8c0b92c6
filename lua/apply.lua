#!lua
-- apply: applies verified score updates of one ranking, one after the other, each of them completely or not at all.
--
-- For a board whose points add up, with the highest score first and, among equal scores, the one reached first.
-- The script reads everything that it needs, for all updates at once. Then it decides each update. Then it writes, with
-- one call for each key: Redis does not roll back, and a call costs more than its work. The shebang makes Redis refuse
-- the script before it starts if Redis is out of memory.
--
-- KEYS[1]  meta      hash: epoch, seq, version:<board>:<window>, forgotten
-- KEYS[2]  outbox    stream: id <seq of the last event>-0, and for each event the fields e (event) and o (outcome)
-- KEYS[3]  ranking   sorted set: tie key .. user, by score
-- KEYS[4]  members   hash: user -> tie key .. score
-- KEYS[5...]  for each update:
--             receipts  hash: signature -> "<submitted> <score> <rank> <board>"; shared by the action ids of one
--                       second, which is the end of the key
--             the key of each of its limits
--
-- ARGV[1]  size of the top
-- ARGV[2]  field of the version in meta
-- ARGV[3]  channel of the top
-- ARGV[4]  how long receipts are kept, in ms
-- ARGV[5]  board
-- ARGV[6...]  for each update:
--            user
--            amount to add
--            the request's new_score, or "-"
--            signature
--            event: the text that the ledger needs besides the outcome; the script does not read it
--            number of limits
--            for each limit: its name; the cost of this update in us; the tolerance in us (GCRA; the key holds the
--            theoretical arrival time). For the name "daily": the count allowed, and the lifetime of the key in ms
--
-- Reply: a list with one string for each update:
--   "applied <score> <rank>"
--   "replayed <score> <rank>", followed by the board if it is another one
--   "reused"                         the action id counted with another new_score
--   "bounds"                         the score would leave its bounds
--   "closed"                         the partition is closed
--   "limited <name> <retry after, ms>"
--   "stale <now, ms> <second>"       the receipt may be gone, as are those up to this second
--   or the error that only this update met
--
-- No action id counts twice, whatever any clock does (docs/adr/0012). Receipts have no expiry, because a step of
-- Redis' clock could trigger it. Only this script deletes them, one second of issue after the other. `forgotten` in
-- meta begins with the last second whose receipts are gone. An id of that second or earlier is accepted only if it has
-- a receipt. So each id has its receipt from the moment it counts until it is refused forever.
-- A second is forgotten when both Redis' clock and the issue time of an id that counts are late enough. So neither a
-- Redis nor a node or game server whose clock is ahead can get valid ids refused.
local meta, outbox, ranking, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local top_size, version_field, channel, board = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[5]
local score_max, tie_key_max, tie_key_length = 9007199254740991, 9007199254740991, 16
local call, format, sub, find, ceil = redis.call, string.format, string.sub, string.find, math.ceil
-- The place of the second in the keys of receipts. They are named like meta, with "receipts:" instead of "meta".
local second_at = #meta + 6

-- The place where the keys and the arguments of each update begin.
local first_key, first_argument, users, limit_keys = {}, {}, {}, {}
-- For each key of receipts: the signatures to look up, the fields to write, and the second.
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

-- Read the current state. `receipt_of`, `held` and `places` follow the decisions before Redis has them.
local state = call('HMGET', meta, 'epoch', 'seq', version_field, 'forgotten')
local epoch, seq, version = state[1], tonumber(state[2]) or 0, tonumber(state[3]) or 0
-- "<last second whose receipts are gone> <second of the last check>". Seconds have ten digits from 2001 to 2286, so
-- they can be compared as strings, which takes a tenth of the time.
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

-- Collect the writes. `places_before` holds the places that users who move have in Redis. `befores` and `afters` hold
-- the scores of each move: the difference between the ranking in Redis and the ranking after the writes.
local events, expiring, places_before, befores, afters, top_changed = {}, {}, {}, {}, {}, false

-- Deletes the receipts of seconds that are long past by Redis' clock and by the issue time of an id that counts.
local function forget(second)
  local now = math.floor(now_us / 1000000)
  local last = math.max(0, math.min(now, second) - ceil(ARGV[4] / 1000) - 1)
  local known, gone = tonumber(string.match(forgotten, '^%d+')), {}
  if known then
    -- The number of steps is limited, to bound the call. More are due only after a time without updates.
    last = math.max(known, math.min(last, known + 64))
    local prefix = sub(KEYS[5], 1, second_at - 1)
    for each = known + 1, last do gone[#gone + 1] = prefix .. format('%.0f', each) end
  else
    -- These are the first receipts of the partition, so there is nothing to delete before those of this call.
    for _, text in pairs(second_of) do last = math.min(last, tonumber(text) - 1) end
  end
  -- A second far in Redis' future must not prevent later checks.
  local mark = format('%.0f %.0f', last, math.min(now + 60, second))
  if mark == forgotten then return end
  forgotten = mark
  call('HSET', meta, 'forgotten', mark)
  if #gone > 0 then call('UNLINK', unpack(gone)) end
end

-- Writes what was collected. XADD comes first: it is the only call that can still fail (a key of another type, a stream
-- ahead of seq), and then nothing must have been written, least of all a receipt. The types of the other keys were
-- checked by reading them; SET accepts any type.
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

-- Returns how many scores are not below this one.
local function count_from(score, score_text)
  local count = call('ZCOUNT', ranking, score_text, '+inf')
  for index = 1, #afters do
    if afters[index] >= score then count = count + 1 end
    local before = befores[index]
    if before and before >= score then count = count - 1 end
  end
  return count
end

-- Returns a user's place in the ranking, from 0. Redis counts it, so all earlier decisions have to be written first.
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

  -- Check the limits.
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
        -- The limit allows no such value: it was written while the clock was ahead or the limit was longer. Reduce it,
        -- or the user would wait longer than the limit's period. It stays reduced even if this update is refused.
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

  -- Compute the outcome. The newest of equal scores ranks last, so its rank is the number of scores not below it.
  local place = places[user]
  local tie_key = place and sub(place, 1, tie_key_length)
  local old = place and tonumber(sub(place, tie_key_length + 1))
  if place and not old then error('ERR apply: members holds a malformed place') end
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

  -- The update counts: collect its writes.
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
  -- An error of one update, such as a receipt that no script wrote, is that update's outcome. It changed nothing.
  local decided, outcome = pcall(decide, first_key[index], first_argument[index])
  if not decided then
    outcome = {err = type(outcome) == 'table' and outcome.err or 'ERR apply: ' .. tostring(outcome)}
  end
  outcomes[index] = outcome
end
write()
return outcomes
