#!lua flags=allow-oom
-- seal: seals a ranking, so that no update counts on it any more, and tells the ledger. A ranking without entries is
-- removed instead.
--
-- KEYS[1]  meta     hash: epoch, run, seq, form:<board>, sealed:<board>:<window> (end of the last sealed period, ms)
-- KEYS[2]  outbox   stream, see apply.lua
-- KEYS[3]  open     sorted set: <board>:<window>:<period>, by the time from which it is sealed, in ms
-- KEYS[4]  seals    hash: <board>:<window>:<period> -> the sequence number of its seal event, until it is dropped;
--                   0 if it was dropped, and its top stays
-- KEYS[5]  ranking  sorted set: tie key .. user, by value
-- KEYS[6]  members, KEYS[7]  levels
-- ARGV[1]  board
-- ARGV[2]  window
-- ARGV[3]  period
-- ARGV[4]  end of the period, in ms
-- ARGV[5]  order and ties of the board, for its archive
-- ARGV[6]  generation of the board
-- ARGV[7]  run_id of this server
-- Reply: nil if the partition is closed, or no persister has verified this server
--        "form" if the board has a newer form, so that ARGV[5] may be wrong
--        "early" if it may not be sealed yet
--        0 if it has no entries, or was dropped
--        otherwise the sequence number of its seal event, of now or before
local meta, outbox, open, seals = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local call, format = redis.call, string.format
local name, sealed_field = ARGV[1] .. ':' .. ARGV[2] .. ':' .. ARGV[3], 'sealed:' .. ARGV[1] .. ':' .. ARGV[2]

local version_field = 'version:' .. ARGV[1] .. ':' .. ARGV[2]
local state = call('HMGET', meta, 'epoch', 'seq', sealed_field, version_field, 'run', 'form:' .. ARGV[1])
if not state[1] or state[5] ~= ARGV[7] then return false end
local before = call('HGET', seals, name)
if before then return before end
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cut = call('ZSCORE', open, name)
if cut and tonumber(cut) > now then return 'early' end

local has_entries, seq = cut and call('ZCARD', KEYS[5]) > 0, 0
if has_entries then
  if state[6] and tonumber(state[6]) > tonumber(ARGV[6]) then return 'form' end
  seq = format('%d', (tonumber(state[2]) or 0) + 1)
  local signature = 'admin.' .. string.sub(redis.sha1hex(state[1] .. ' ' .. seq), 1, 32)
  local outcome = {format('%d', now), ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3]}
  -- XADD comes first, because it is the only call that can still fail.
  local facts = (state[4] or '0') .. ' ' .. ARGV[5]
  call('XADD', outbox, seq .. '-0', 'e', table.concat({'act', 'seal', '', signature, facts}, '\n'),
    'o', table.concat(outcome, '\n'))
  call('HSET', meta, 'seq', seq)
  call('HSET', seals, name, seq)
end
if tonumber(ARGV[4]) > (tonumber(state[3]) or -math.huge) then call('HSET', meta, sealed_field, ARGV[4]) end
if cut and not has_entries then
  call('ZREM', open, name)
  call('UNLINK', KEYS[5], KEYS[6], KEYS[7])
end
return seq
