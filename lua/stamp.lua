#!lua flags=allow-oom
-- stamp: sets the form of a board, so that updates which were prepared by an older form are refused. A board that has
-- scores can only get another form if it is emptied with it. Periods that are sealed, and wait for their archive, stay.
--
-- KEYS[1]  meta    hash: epoch, run, seq, form:<board>, {version,period,sealed}:<board>:<window>
-- KEYS[2]  outbox  stream, see apply.lua
-- KEYS[3]  open    sorted set: <board>:<window>:<period>, by the time from which it is sealed, in ms
-- KEYS[4]  seals   hash, see seal.lua
-- ARGV[1]  board
-- ARGV[2]  generation of the new form
-- ARGV[3]  "empty" to empty the board, otherwise empty
-- ARGV[4]  the beginning of all keys of the partition; the script names the keys of the rankings in open
-- ARGV[5...]  for each window of the new form: its name; channel of the top; name of the current period; its start in
--             ms, empty if it never ends; the times between which it is the current one, in ms, half-open
-- ARGV[#ARGV]  run_id of this server
-- Reply: nil if the partition is closed, or no persister has verified this server
--        "newer" if the board has a newer form
--        "turn" if the period of a window is not the current one
--        "due" if the board is to be emptied, and rankings of it have to be sealed first
--        0 if the board has scores and is not to be emptied
--        1 if the form is set
local meta, outbox, open, seals, board, empties = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[3] == 'empty'
local call, format, sub = redis.call, string.format, string.sub
local generation, form_field, prefix = ARGV[2], 'form:' .. board, board .. ':'

local state = call('HMGET', meta, 'epoch', 'seq', form_field, 'run')
local epoch = state[1]
if not epoch or state[4] ~= ARGV[#ARGV] then return false end
if state[3] == generation then return 1 end
if state[3] and tonumber(state[3]) > tonumber(generation) then return 'newer' end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local now_text = format('%d', now)
for at = 5, #ARGV - 1, 6 do
  if now < tonumber(ARGV[at + 4]) or now >= tonumber(ARGV[at + 5]) then return 'turn' end
end

-- Find the rankings to delete: those in `open`, and the tops that are kept of seasons.
local gone, had_entries, lines = {}, {}, {}
local function ranking_of(name) return ARGV[4] .. 'ranking:' .. name end
local entries = call('ZRANGE', open, 0, -1, 'WITHSCORES')
-- A ranking of a time before there was `open` is not in it until a new user comes.
local always = prefix .. 'all:all'
if not call('ZSCORE', open, always) then entries[#entries + 1], entries[#entries + 2] = always, 'inf' end
for index = 1, #entries, 2 do
  local name, cut = entries[index], tonumber(entries[index + 1])
  if sub(name, 1, #prefix) == prefix then
    local count = call('ZCARD', ranking_of(name))
    if count > 0 and not empties then return 0 end
    if cut <= now and call('HEXISTS', seals, name) == 0 then return 'due' end
    if cut > now then
      gone[#gone + 1] = name
      if count > 0 then
        had_entries[name] = true
        lines[#lines + 1] = table.concat({string.match(name, '^([^:]*):([^:]*):(.*)$')}, ' ')
      end
    end
  end
end
local sealed = call('HGETALL', seals)
for index = 1, #sealed, 2 do
  local name = sealed[index]
  if sealed[index + 1] == '0' and sub(name, 1, #prefix) == prefix then
    gone[#gone + 1], had_entries[name] = name, true
  end
end

-- XADD comes first, because it is the only call that can still fail.
if #lines > 0 then
  local seq = format('%d', (tonumber(state[2]) or 0) + 1)
  local event = 'act\nreset\n\nadmin.' .. sub(redis.sha1hex(epoch .. ' ' .. seq), 1, 32)
  call('XADD', outbox, seq .. '-0', 'e', event, 'o', now_text .. '\n' .. table.concat(lines, '\n'))
  call('HSET', meta, 'seq', seq)
end
for _, name in ipairs(gone) do
  call('UNLINK', ranking_of(name), ARGV[4] .. 'members:' .. name, ARGV[4] .. 'levels:' .. name)
  call('ZREM', open, name)
  call('HDEL', seals, name)
end
call('HSET', meta, form_field, generation)

-- Watchers follow each window into the period that is current by the new form.
local windows = {}
for at = 5, #ARGV - 1, 6 do
  local name, start = prefix .. ARGV[at], ARGV[at + 3]
  windows[name] = true
  local fields = call('HMGET', meta, 'version:' .. name, 'period:' .. name)
  local version, old, is_other = tonumber(fields[1]) or 0, fields[2], had_entries[name .. ':' .. ARGV[at + 2]]
  if start ~= '' and old ~= start .. ' ' .. ARGV[at + 2] then
    is_other = is_other or old or version > 0
    call('HSET', meta, 'period:' .. name, start .. ' ' .. ARGV[at + 2])
  end
  if is_other then
    version = format('%d', version + 1)
    call('HSET', meta, 'version:' .. name, version)
    call('PUBLISH', ARGV[at + 1], table.concat({epoch, version, now_text, ARGV[at + 2]}, '\n'))
  end
end
for _, field in ipairs(call('HKEYS', meta)) do
  local name = string.match(field, '^period:(.*)$') or string.match(field, '^sealed:(.*)$')
  if name and sub(name, 1, #prefix) == prefix and not windows[name] then call('HDEL', meta, field) end
end
return 1
