#!lua flags=allow-oom
-- erase: removes a user from all rankings of a board that are not sealed, and tells the ledger and the watchers. The
-- event that it writes is where the life of the user ends on this board: no score is left that was reached before.
--
-- KEYS[1]  meta    hash: epoch, run, seq, form:<board>, version:<board>:<window>, period:<board>:<window>
-- KEYS[2]  outbox  stream, see apply.lua
-- KEYS[3]  open    sorted set: <board>:<window>:<period>, by the time from which it is sealed, in ms
-- KEYS[4]  seals   hash, see seal.lua
-- ARGV[1]  board
-- ARGV[2]  generation of the board
-- ARGV[3]  ties
-- ARGV[4]  size of the top
-- ARGV[5]  user
-- ARGV[6]  the pseudonym of the deletion
-- ARGV[7]  "event" to write an event in any case, otherwise empty
-- ARGV[8]  the time from which this call is too late, in ms: its node may not be the one that works on the deletion
-- ARGV[9]  the beginning of all keys of the partition; the script names the keys of the rankings in open
-- ARGV[10...]  for each window: its name; channel of the top; name of the current period; its start in ms, empty if it
--              never ends; the time until which it is the current one, in ms
-- ARGV[#ARGV]  run_id of this server
--
-- Reply: nil if the partition is closed, or no persister has verified this server
--        "form" if the board has a newer form
--        "late" if the call is too late
--        "turn" if the period of a window is not the current one, or nobody has made it so
--        "due" if rankings of the board have to be sealed first
--        otherwise epoch, seq, time in ms, and the signature of the event, empty if there was nothing to remove
local meta, outbox, open, seals, board, user = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[5]
local ties, top_size = ARGV[3], tonumber(ARGV[4])
local call, format, sub, tie_key_length, prefix = redis.call, string.format, string.sub, 16, board .. ':'

local state = call('HMGET', meta, 'epoch', 'seq', 'form:' .. board, 'run')
local epoch = state[1]
if not epoch or state[4] ~= ARGV[#ARGV] then return false end
if state[3] and tonumber(state[3]) > tonumber(ARGV[2]) then return 'form' end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= tonumber(ARGV[8]) then return 'late' end

-- The windows, by the name of the ranking whose top their watchers see.
local seen = {}
for at = 10, #ARGV - 1, 5 do
  local name, period, start = prefix .. ARGV[at], ARGV[at + 2], ARGV[at + 3]
  if start ~= '' and call('HGET', meta, 'period:' .. name) ~= start .. ' ' .. period then return 'turn' end
  if now >= tonumber(ARGV[at + 4]) then return 'turn' end
  seen[name .. ':' .. period] = {version_field = 'version:' .. name, channel = ARGV[at + 1], period = period}
end

local changes, outcome = {}, {format('%d', now)}
local entries = call('ZRANGE', open, 0, -1, 'WITHSCORES')
-- A ranking of a time before there was `open` is not in it until a new user comes.
local always = prefix .. 'all:all'
if not call('ZSCORE', open, always) then entries[#entries + 1], entries[#entries + 2] = always, 'inf' end
for index = 1, #entries, 2 do
  local name, cut = entries[index], tonumber(entries[index + 1])
  if sub(name, 1, #prefix) == prefix then
    local is_sealed = call('HEXISTS', seals, name) == 1
    if cut <= now and not is_sealed then return 'due' end
    local members = ARGV[9] .. 'members:' .. name
    local held = not is_sealed and call('HGET', members, user)
    if held then
      local ranking, levels = ARGV[9] .. 'ranking:' .. name, ARGV[9] .. 'levels:' .. name
      local member = sub(held, 1, tie_key_length) .. user
      local place, value = call('ZREVRANK', ranking, member), call('ZSCORE', ranking, member)
      local rank = place
      if ties == 'shared' then rank = call('ZCOUNT', ranking, '(' .. value, '+inf') end
      if ties == 'dense' then rank = call('ZCOUNT', levels, '(' .. value, '+inf') end
      changes[#changes + 1] = {
        name = name, ranking = ranking, members = members, levels = levels, member = member, value = value,
        is_in_top = place < top_size,
      }
      local words = {string.match(name, '^([^:]*):([^:]*):(.*)$')}
      words[4], words[5], words[6] = string.match(held, '^%-?%d+', tie_key_length + 1), format('%d', rank + 1), '1'
      outcome[#outcome + 1] = table.concat(words, ' ')
    end
  end
end
if #changes == 0 and ARGV[7] == '' then return {epoch, state[2] or '0', outcome[1], ''} end
-- Without a score, the event names a ranking that it does not change, so that the ledger has a row of it.
if #changes == 0 then outcome[2] = board .. ' ' .. ARGV[10] .. ' ' .. ARGV[12] end

-- XADD comes first, because it is the only call that can still fail.
local seq = format('%d', (tonumber(state[2]) or 0) + 1)
local signature = 'erase.' .. sub(redis.sha1hex(table.concat({epoch, seq, ARGV[6], board, outcome[1]}, ' ')), 1, 32)
call('XADD', outbox, seq .. '-0', 'e', table.concat({'act', 'delete', user, signature}, '\n'),
  'o', table.concat(outcome, '\n'))
call('HSET', meta, 'seq', seq)
for _, change in ipairs(changes) do
  call('ZREM', change.ranking, change.member)
  call('HDEL', change.members, user)
  if ties == 'dense' and call('ZCOUNT', change.ranking, change.value, change.value) == 0 then
    call('ZREM', change.levels, change.value)
  end
  local window = seen[change.name]
  if window and change.is_in_top then
    local version = format('%d', call('HINCRBY', meta, window.version_field, 1))
    local told = {epoch, version, outcome[1], window.period}
    local top = call('ZREVRANGE', change.ranking, 0, top_size - 1, 'WITHSCORES')
    for _, text in ipairs(top) do told[#told + 1] = text end
    call('PUBLISH', window.channel, table.concat(told, '\n'))
  end
end
return {epoch, seq, outcome[1], signature}
