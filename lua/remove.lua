#!lua flags=allow-oom
-- remove: removes all users (a reset), or one user, from the current rankings of windows of a board, and tells the
-- ledger and the watchers. Rankings that are sealed stay as they are.
--
-- KEYS[1]  meta    hash: epoch, run, seq, form:<board>, version:<board>:<window>, period:<board>:<window>
-- KEYS[2]  outbox  stream, see apply.lua
-- KEYS[3]  open    sorted set: <board>:<window>:<period>, by the time from which it is sealed, in ms
-- KEYS[4]  seals   hash, see seal.lua
-- KEYS[5...]  for each window:
--             ranking  sorted set: tie key .. user, by value
--             members  hash: user -> tie key .. score .. " " .. when it was reached, ms
--             levels   sorted set: each value once, by value; boards with dense ranks only
--
-- ARGV[1]  board
-- ARGV[2]  generation of the board
-- ARGV[3]  ties
-- ARGV[4]  size of the top
-- ARGV[5]  user; empty for all
-- ARGV[6...]  for each window: its name; channel of the top; name of the current period; its start in ms, empty if
--             it never ends; the time until which it is the current one, in ms
-- ARGV[#ARGV]  run_id of this server
--
-- Reply: nil if the partition is closed, or no persister has verified this server
--        "form" if the board has a newer form
--        "turn" if the period of a window is not the current one, or nobody has made it so
--        otherwise the number of rankings that have changed
local meta, outbox, open, seals, board, user = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[5]
local ties, top_size = ARGV[3], tonumber(ARGV[4])
local call, format, sub, tie_key_length = redis.call, string.format, string.sub, 16

local state = call('HMGET', meta, 'epoch', 'seq', 'form:' .. board, 'run')
local epoch = state[1]
if not epoch or state[4] ~= ARGV[#ARGV] then return false end
if state[3] and tonumber(state[3]) > tonumber(ARGV[2]) then return 'form' end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Finds what there is to remove from a ranking; nil if there is nothing.
local function change_of(ranking, members, levels)
  if user == '' then
    if call('ZCARD', ranking) > 0 then return {tops = true} end
    return
  end
  local held = call('HGET', members, user)
  if not held then return end
  local member = sub(held, 1, tie_key_length) .. user
  local place, value = call('ZREVRANK', ranking, member), call('ZSCORE', ranking, member)
  local rank = place
  if ties == 'shared' then rank = call('ZCOUNT', ranking, '(' .. value, '+inf') end
  if ties == 'dense' then rank = call('ZCOUNT', levels, '(' .. value, '+inf') end
  local score = string.match(held, '^%-?%d+', tie_key_length + 1)
  local outcome = ' ' .. score .. ' ' .. format('%d', rank + 1) .. ' 1'
  return {member = member, value = value, tops = place < top_size, outcome = outcome}
end

local changes, outcome = {}, {format('%d', now)}
for at = 6, #ARGV - 1, 5 do
  local name, period = board .. ':' .. ARGV[at], ARGV[at + 2]
  local key = 5 + (at - 6) / 5 * 3
  local start = ARGV[at + 3]
  if start ~= '' and call('HGET', meta, 'period:' .. name) ~= start .. ' ' .. period then return 'turn' end
  if now >= tonumber(ARGV[at + 4]) then return 'turn' end
  local ranking = name .. ':' .. period
  -- A ranking of a time before there was `open` is not in it until a new user comes.
  local is_sealed = call('HEXISTS', seals, ranking) == 1 or tonumber(call('ZSCORE', open, ranking) or 'inf') <= now
  local change = not is_sealed and change_of(KEYS[key], KEYS[key + 1], KEYS[key + 2])
  if change then
    change.key, change.version_field, change.channel, change.period = key, 'version:' .. name, ARGV[at + 1], period
    changes[#changes + 1] = change
    outcome[#outcome + 1] = board .. ' ' .. ARGV[at] .. ' ' .. period .. (change.outcome or '')
  end
end
if #changes == 0 then return 0 end

-- XADD comes first, because it is the only call that can still fail.
local seq = format('%d', (tonumber(state[2]) or 0) + 1)
local signature = 'admin.' .. sub(redis.sha1hex(epoch .. ' ' .. seq), 1, 32)
local event = {'act', user == '' and 'reset' or 'delete', user, signature}
call('XADD', outbox, seq .. '-0', 'e', table.concat(event, '\n'), 'o', table.concat(outcome, '\n'))
call('HSET', meta, 'seq', seq)
for _, change in ipairs(changes) do
  local ranking, members, levels = KEYS[change.key], KEYS[change.key + 1], KEYS[change.key + 2]
  if user == '' then
    call('UNLINK', ranking, members, levels)
  else
    call('ZREM', ranking, change.member)
    call('HDEL', members, user)
    if ties == 'dense' and call('ZCOUNT', ranking, change.value, change.value) == 0 then
      call('ZREM', levels, change.value)
    end
  end
  if change.tops then
    local version = format('%d', call('HINCRBY', meta, change.version_field, 1))
    local told = {epoch, version, outcome[1], change.period}
    for _, text in ipairs(call('ZREVRANGE', ranking, 0, top_size - 1, 'WITHSCORES')) do told[#told + 1] = text end
    call('PUBLISH', change.channel, table.concat(told, '\n'))
  end
end
return #changes
