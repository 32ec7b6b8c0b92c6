#!lua
-- apply: one verified score update, all of it or nothing.
-- For operator increment, order desc, ties first. All reads come before the first write: Redis does not roll back;
-- the shebang makes Redis refuse the script at its start when it is out of memory.
--
-- KEYS  1 meta      hash: epoch, seq, version:<board>:<window>   4 outbox   stream, ids <seq>-0
--       2 receipt   string: "<submitted> <score> <rank>"         5 ranking  sorted set of tie key .. user
--       3 rate      string: GCRA's theoretical arrival time, us  6 members  hash: user -> tie key
-- ARGV  1 user      2 amount to add      3 the request's new_score, or "-"
--       4 event     what the ledger needs beside the outcome; opaque here
--       5 receipt lifetime, ms           6 rate interval, us; 0 = no limit     7 rate tolerance, us
--       8 visible top size               9 version field of meta              10 channel of the top
-- Reply, a string:  "applied <score> <rank>" | "replayed <score> <rank>" | "reused" | "limited <retry after, ms>"
--                   | "bounds" | "closed"
local meta, receipt, rate, outbox, ranking, members = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local user, amount, submitted = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local interval, top_size = tonumber(ARGV[6]), tonumber(ARGV[8])
local score_max, tie_key_max = 9007199254740991, 9007199254740991
local call, format = redis.call, string.format

-- Ready, and not yet done?
local state = call('HMGET', meta, 'epoch', 'seq', ARGV[9])
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
local arrival
if interval > 0 then
  arrival = math.max(tonumber(call('GET', rate) or now_us), now_us) + interval
  local early = arrival - now_us - tonumber(ARGV[7])
  if early > 0 then return format('limited %.0f', math.ceil(early / 1000)) end
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
    call('HSET', meta, 'seq', format('%.0f', seq), ARGV[9], version)
    call('PUBLISH', ARGV[10], epoch .. '\n' .. version .. '\n' .. now_ms .. '\n'
      .. table.concat(call('ZREVRANGE', ranking, 0, top_size - 1, 'WITHSCORES'), '\n'))
  else
    call('HSET', meta, 'seq', format('%.0f', seq))
  end
end
if arrival then
  call('SET', rate, format('%.0f', arrival), 'PX', format('%.0f', math.ceil((arrival - now_us) / 1000)))
end
call('SET', receipt, submitted .. ' ' .. outcome, 'PX', ARGV[5])
return 'applied ' .. outcome
