#!lua
-- apply: verified score updates of one ranking, one after the other, each of them whole or not at all.
-- For operator increment, order desc, ties first. Each update makes all its reads before its first write: Redis does
-- not roll back; the shebang makes Redis refuse the script at its start when it is out of memory.
--
-- KEYS  1 meta      hash: epoch, seq, version:<board>:<window>     3 ranking  sorted set of tie key .. user
--       2 outbox    stream, ids <seq>-0                            4 members  hash: user -> tie key .. score
--       5 ...       for each update its receipt (string: "<submitted> <score> <rank>"), then one for each of its limits
-- ARGV  1 visible top size     2 version field of meta     3 channel of the top     4 receipt lifetime, ms
--       5 ...       for each update: user; amount to add; the request's new_score, or "-"; event, what the ledger needs
--                   beside the outcome, opaque here; number of limits; and for each limit three: its name; what this
--                   update costs; what may be owed, both in us (GCRA, whose arrival time the key holds). With the name
--                   "daily": the count allowed, the key's lifetime in ms
-- Reply, for each update a string:  "applied <score> <rank>" | "replayed <score> <rank>" | "reused" | "bounds"
--                   | "closed" | "limited <name> <retry after, ms>", or the error that it alone met
local meta, outbox, ranking, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local top_size, version_field, channel, receipt_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local score_max, tie_key_max, tie_key_length = 9007199254740991, 9007199254740991, 16
local call, format, sub, find, ceil = redis.call, string.format, string.sub, string.find, math.ceil

local state = call('HMGET', meta, 'epoch', 'seq', version_field)
local epoch, seq = state[1], tonumber(state[2]) or 0
local first_seq, top_changed = seq, false
local time = call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now_ms = format('%.0f', math.floor(now_us / 1000))

-- Applies the update whose receipt is KEYS[key] and whose first argument is ARGV[at].
local function apply(key, at, limits)
  local receipt, user, amount, submitted = KEYS[key], ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local done = call('GET', receipt)
  if done then
    local cut = find(done, ' ', 1, true)
    if sub(done, 1, cut - 1) ~= submitted then return 'reused' end
    return 'replayed' .. sub(done, cut)
  end

  -- Within the limits?
  local held = limits > 0 and {}
  for index = 1, limits do
    local first = at + 2 + 3 * index
    local name, cost, most = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
    local value = tonumber(call('GET', KEYS[key + index]) or 0)
    if name == 'daily' then
      if value >= cost then return 'limited daily 0' end
      held[index] = {value + 1, most}
    else
      local arrival = math.max(value, now_us) + cost
      local early = arrival - now_us - most
      if early > 0 then return format('limited %s %.0f', name, ceil(early / 1000)) end
      held[index] = {arrival, ceil((arrival - now_us) / 1000)}
    end
  end

  -- What it leads to. The newest of equal scores ranks last among them: its rank is the number of scores not below it.
  local place = call('HGET', members, user)
  local tie_key = place and sub(place, 1, tie_key_length)
  local old = place and tonumber(sub(place, tie_key_length + 1))
  local score = (old or 0) + amount
  if score > score_max or score < -score_max then return 'bounds' end
  local score_text, changes, left_top = format('%.0f', score), score ~= old, false
  local rank
  if changes then
    rank = call('ZCOUNT', ranking, score_text, '+inf') + 1
    if old and score < old then
      rank = rank - 1
      left_top = call('ZREVRANK', ranking, tie_key .. user) < top_size
    end
  else
    rank = call('ZREVRANK', ranking, tie_key .. user) + 1
  end
  local outcome = score_text .. ' ' .. format('%.0f', rank)

  -- From here on only writes, and XADD first: it alone can still fail (a key of another type, a stream ahead of seq),
  -- and must then leave nothing behind, least of all a receipt. The types of the others were seen above; SET takes any.
  if changes then
    call('XADD', outbox, format('%.0f-0', seq + 1), 'e', ARGV[at + 3], 'o', outcome .. ' ' .. now_ms)
    seq = seq + 1
    if old then call('ZREM', ranking, tie_key .. user) end
    tie_key = format('%016.0f', tie_key_max - seq)
    call('ZADD', ranking, score_text, tie_key .. user)
    call('HSET', members, user, tie_key .. score_text)
    top_changed = top_changed or rank <= top_size or left_top
  end
  for index = 1, limits do
    call('SET', KEYS[key + index], format('%.0f', held[index][1]), 'PX', format('%.0f', held[index][2]))
  end
  call('SET', receipt, submitted .. ' ' .. outcome, 'PX', receipt_ms)
  return 'applied ' .. outcome
end

-- An error of one update is its own outcome: those before it have been written, and what follows belongs to them.
local outcomes = {}
local key, at, count = 5, 5, #ARGV
while at <= count do
  local limits = tonumber(ARGV[at + 4])
  local outcome = 'closed'
  if epoch then
    local done, result = pcall(apply, key, at, limits)
    outcome = done and result or {err = type(result) == 'table' and result.err or 'ERR apply: ' .. tostring(result)}
  end
  outcomes[#outcomes + 1] = outcome
  key, at = key + 1 + limits, at + 5 + 3 * limits
end

if top_changed then
  local version = format('%.0f', (tonumber(state[3]) or 0) + 1)
  call('HSET', meta, 'seq', format('%.0f', seq), version_field, version)
  call('PUBLISH', channel, epoch .. '\n' .. version .. '\n' .. now_ms .. '\n'
    .. table.concat(call('ZREVRANGE', ranking, 0, top_size - 1, 'WITHSCORES'), '\n'))
elseif seq > first_seq then
  call('HSET', meta, 'seq', format('%.0f', seq))
end
return outcomes
