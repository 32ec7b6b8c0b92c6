#!lua
-- apply: one verified score update, all of it or nothing.
-- For operator increment, order desc, ties first. All reads come before the first write: Redis does not roll back;
-- the shebang makes Redis refuse the script at its start when it is out of memory.
--
-- KEYS  1 meta      hash: epoch, seq, version:<board>:<window>   4 ranking  sorted set of tie key .. user
--       2 receipt   string: "<submitted> <score> <rank>"         5 members  hash: user -> tie key
--       3 outbox    stream, ids <seq>-0                          6 ...      one for each limit, in the order of ARGV
-- ARGV  1 user      2 amount to add      3 the request's new_score, or "-"
--       4 event     what the ledger needs beside the outcome; opaque here
--       5 receipt lifetime, ms           6 visible top size
--       7 version field of meta          8 channel of the top
--       9 ...       three for each limit: name; what this update costs; what may be owed, both in us (GCRA, whose
--                   arrival time the key holds). With the name "daily": the count allowed, the key's lifetime in ms
-- Reply, a string:  "applied <score> <rank>" | "replayed <score> <rank>" | "reused" | "bounds" | "closed"
--                   | "limited <name> <retry after, ms>"
local meta, receipt, outbox, ranking, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local user, amount, submitted, top_size = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[6])
local first_limit = 6
local score_max, tie_key_max = 9007199254740991, 9007199254740991
local call, format = redis.call, string.format

-- Ready, and not yet done?
local state = call('HMGET', meta, 'epoch', 'seq', ARGV[7])
local epoch = state[1]
if not epoch then return 'closed' end
local done = call('GET', receipt)
if done then
  local cut = string.find(done, ' ', 1, true)
  if string.sub(done, 1, cut - 1) ~= submitted then return 'reused' end
  return 'replayed' .. string.sub(done, cut)
end

-- Within the limits?
local time = call('TIME')
local now_us = time[1] * 1000000 + time[2]
local held = {}
for index = first_limit, #KEYS do
  local at = 9 + 3 * (index - first_limit)
  local cost, most = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local value = tonumber(call('GET', KEYS[index]) or 0)
  if ARGV[at] == 'daily' then
    if value >= cost then return 'limited daily 0' end
    held[index] = {value + 1, most}
  else
    local arrival = math.max(value, now_us) + cost
    local early = arrival - now_us - most
    if early > 0 then return format('limited %s %.0f', ARGV[at], math.ceil(early / 1000)) end
    held[index] = {arrival, math.ceil((arrival - now_us) / 1000)}
  end
end

-- What it leads to. The newest of equal scores ranks last among them, so its rank is the number of scores not below it.
local tie_key = call('HGET', members, user)
local old = tie_key and tonumber(call('ZSCORE', ranking, tie_key .. user))
local score = (old or 0) + amount
if score > score_max or score < -score_max then return 'bounds' end
local score_text, changes = format('%.0f', score), score ~= old
local rank
local left_top = false
if changes then
  rank = call('ZCOUNT', ranking, score_text, '+inf') + 1
  if old and score < old then
    rank = rank - 1
    left_top = call('ZREVRANK', ranking, tie_key .. user) < top_size
  end
else
  rank = call('ZREVRANK', ranking, tie_key .. user) + 1
end
local outcome = format('%s %.0f', score_text, rank)

-- From here on only writes, and XADD first: it alone can still fail (a key of another type, a stream ahead of seq),
-- and must then leave nothing behind, least of all a receipt. The types of the others were seen above; SET takes any.
if changes then
  local seq = (tonumber(state[2]) or 0) + 1
  local now_ms = format('%.0f', math.floor(now_us / 1000))
  call('XADD', outbox, format('%.0f-0', seq), 'e', ARGV[4], 'o', outcome .. ' ' .. now_ms)
  if old then call('ZREM', ranking, tie_key .. user) end
  tie_key = format('%016.0f', tie_key_max - seq)
  call('ZADD', ranking, score_text, tie_key .. user)
  call('HSET', members, user, tie_key)
  if rank <= top_size or left_top then
    local version = format('%.0f', (tonumber(state[3]) or 0) + 1)
    call('HSET', meta, 'seq', format('%.0f', seq), ARGV[7], version)
    call('PUBLISH', ARGV[8], epoch .. '\n' .. version .. '\n' .. now_ms .. '\n'
      .. table.concat(call('ZREVRANGE', ranking, 0, top_size - 1, 'WITHSCORES'), '\n'))
  else
    call('HSET', meta, 'seq', format('%.0f', seq))
  end
end
for index, value in pairs(held) do
  call('SET', KEYS[index], format('%.0f', value[1]), 'PX', format('%.0f', value[2]))
end
call('SET', receipt, submitted .. ' ' .. outcome, 'PX', ARGV[5])
return 'applied ' .. outcome
