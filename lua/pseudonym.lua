#!lua flags=allow-oom
-- pseudonym: gives a deleted user a pseudonym in the rankings of a board that are sealed and still in Redis. Score and
-- place stay. It writes no event: the archives get the same pseudonym.
--
-- KEYS[1]  meta    hash: epoch, run, version:<board>:<window>, period:<board>:<window>
-- KEYS[2]  outbox  stream, see apply.lua
-- KEYS[3]  seals   hash, see seal.lua
-- ARGV[1]  board
-- ARGV[2]  ties
-- ARGV[3]  size of the top
-- ARGV[4]  user
-- ARGV[5]  pseudonym
-- ARGV[6]  the sequence number at which the life of the user ended; later scores are of somebody who began again
-- ARGV[7]  the time of that, in ms
-- ARGV[8]  the beginning of all keys of the partition
-- ARGV[9...]  for each window: its name; channel of the top; name of the current period
-- ARGV[#ARGV]  run_id of this server
-- Reply: nil if the partition is closed, or no persister has verified this server
--        otherwise the number of rankings that have changed
local meta, outbox, seals = KEYS[1], KEYS[2], KEYS[3]
local user, pseudonym, last, last_at = ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local call, format, sub, tie_key_length, prefix = redis.call, string.format, string.sub, 16, ARGV[1] .. ':'

local state = call('HMGET', meta, 'epoch', 'run', 'seq')
if not state[1] or state[2] ~= ARGV[#ARGV] then return false end
local time = call('TIME')
local now = format('%d', time[1] * 1000 + math.floor(time[2] / 1000))

local seen = {}
for at = 9, #ARGV - 1, 3 do
  local name = prefix .. ARGV[at]
  seen[name .. ':' .. ARGV[at + 2]] = {version = 'version:' .. name, channel = ARGV[at + 1], period = ARGV[at + 2]}
end

local count, sealed = 0, call('HGETALL', seals)
for index = 1, #sealed, 2 do
  local name, seq = sealed[index], tonumber(sealed[index + 1])
  if sub(name, 1, #prefix) == prefix then
    local ranking, members = ARGV[8] .. 'ranking:' .. name, ARGV[8] .. 'members:' .. name
    local held = call('HGET', members, user)
    if held then
      -- Of a season whose keys were dropped, the tie key and the time say when the score was reached. After a rebuild
      -- the tie key only tells the order.
      local is_later = false
      if seq == 0 then
        seq = tonumber(sub(held, 1, tie_key_length))
        if ARGV[2] ~= 'last' then seq = 9007199254740991 - seq end
        is_later = tonumber(string.match(held, '%d+$')) > last_at
      end
      local member = sub(held, 1, tie_key_length) .. user
      local place, value = call('ZREVRANK', ranking, member), call('ZSCORE', ranking, member)
      if seq <= last and not is_later and value then
        call('ZREM', ranking, member)
        call('ZADD', ranking, value, sub(held, 1, tie_key_length) .. pseudonym)
        call('HDEL', members, user)
        call('HSET', members, pseudonym, held)
        count = count + 1
        local window = seen[name]
        if window and place < tonumber(ARGV[3]) then
          local version = format('%d', call('HINCRBY', meta, window.version, 1))
          local told = {state[1], version, now, window.period}
          local top = call('ZREVRANGE', ranking, 0, tonumber(ARGV[3]) - 1, 'WITHSCORES')
          for _, text in ipairs(top) do told[#told + 1] = text end
          call('PUBLISH', window.channel, table.concat(told, '\n'))
        end
      end
    end
  end
end

-- The last event stays in the outbox, see PartitionCheck. If it names the user, another one takes its place.
local seq = state[3] or '0'
local final = call('XRANGE', outbox, seq .. '-0', seq .. '-0')[1]
local names_user = false
for _, text in ipairs(final and final[2] or {}) do
  if string.find(text, '\n' .. user .. '\n', 1, true) then names_user = true end
end
if names_user then
  seq = format('%d', tonumber(seq) + 1)
  local signature = 'erase.' .. sub(redis.sha1hex(table.concat({state[1], seq, pseudonym, now}, ' ')), 1, 32)
  call('XADD', outbox, seq .. '-0', 'e', table.concat({'act', 'delete', pseudonym, signature}, '\n'), 'o', now)
  call('HSET', meta, 'seq', seq)
end
return count
