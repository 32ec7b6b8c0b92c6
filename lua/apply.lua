#!lua
-- luacheck: read globals count_from place_of rank_moved rank_kept changes_top write_moves check_limits
-- apply: applies verified score updates, one after the other, each of them completely or not at all.
--
-- The script begins with the texts of apply_rankings.lua and apply_limits.lua.
-- All updates of a call count on the same rankings, the targets. The script reads everything that it needs, for all
-- updates at once. Then it decides each update. Then it writes, with one call for each key: Redis does not roll back,
-- and a call costs more than its work. The shebang makes Redis refuse the script if it is out of memory.
--
-- Sorted sets hold values: the score, or 0 - score if low scores are better. So a greater value is always better.
--
-- KEYS[1]  meta      hash: epoch, run, seq, forgotten; form:<board>; version, listen, period, sealed:<board>:<window>
-- KEYS[2]  outbox    stream: id <seq of the last event>-0, and for each event the fields e (event) and o (outcome)
-- KEYS[3]  open      sorted set: <board>:<window>:<period> of each ranking, by the time of its cut
-- KEYS[4...]  for each target:
--             ranking   sorted set: tie key .. user, by value
--             members   hash: user -> "<tie key><score> <updated at, ms>"
--             levels    only if its ranks are dense: sorted set of the distinct values, by value
-- KEYS[...]   for each update:
--             receipts  hash: signature -> "<submitted> <score> <rank> <board>" and `more`; shared by the action ids of
--                       one second, which is the end of the key
--             the key of each of its limits
--
-- ARGV[1]  how long receipts are kept, in ms
-- ARGV[2]  number of targets
-- ARGV[3...]  for each target two texts, since each argument costs Redis more than a word in a text:
--             "<board> <window> <period>"
--             "version:<board>:<window>"; "form:<board>"; generation of the board's form; rules: a letter each for the
--               operator (i d s b), the order (d a), the ties (f l s n, n for dense), whether scores may become worse
--               (y n) and whether the window has many periods or only one (p o); least and greatest score, or - for
--               all that are exact; size of the top; channel of the top; and unless the period never ends its start,
--               its end and its cut in ms
-- ARGV[...]   for each update:
--             user
--             amount
--             the request's new_score, or "-"
--             signature
--             event: the text that the ledger needs besides the targets and the outcome; the script does not read it
--             number of limits
--             for each limit: its name; the cost of this update in us; the tolerance in us (GCRA; the key holds the
--             theoretical arrival time). For the name "daily": the count allowed, and the lifetime of the key in ms
-- ARGV[#ARGV]  run_id of this server
--
-- Reply: a list with one string for each update:
--   "applied <score> <rank>", and if there is more to say " <board>" and `more`
--   "replayed <score> <rank> <board>" and `more`
--   "reused"                         the action id counted with another new_score
--   "bounds"                         a score would leave its bounds
--   "decrease"                       a score would become worse, and its board does not allow that
--   "sealed"                         all targets are sealed
--   "form <board>"                   the board has another form by now
--   "closed"                         the partition is closed, or no persister has verified this server (ADR 0020)
--   "limited <name> <retry after, ms>"
--   "stale <now, ms> <second>"       the receipt may be gone, as are those up to this second
--   or the error that only this update met
-- `more` is empty for a single target whose score changed. Otherwise it has a line for each target:
--   "<board> <window> <period> <score> <rank> <1 if the score changed, else 0>", or "<board> <window> <period>" for a
--   sealed one. The outcome of an event is the time in ms, and then these lines.
--
-- No action id counts twice, whatever any clock does (docs/adr/0012). Receipts have no expiry, because a step of
-- Redis' clock could trigger it. Only this script deletes them, one second of issue after the other. `forgotten` in
-- meta begins with the last second whose receipts are gone. An id of that second or earlier is accepted only if it has
-- a receipt. So each id has its receipt from the moment it counts until it is refused forever.
-- A second is forgotten when both Redis' clock and the issue time of an id that counts are late enough. So neither a
-- Redis nor a node or game server whose clock is ahead can get valid ids refused.
local meta, outbox, open = KEYS[1], KEYS[2], KEYS[3]
local score_max, tie_key_max = 9007199254740991, 9007199254740991
local call, format, sub, find, ceil = redis.call, string.format, string.sub, string.find, math.ceil
local concat, byte, match = table.concat, string.byte, string.match
-- The letters of rules: asc; yes; increment, decrement, best; first, last, shared, dense; one.
local letter_a, letter_y, letter_i, letter_d, letter_b, letter_f, letter_l, letter_s, letter_n, letter_o =
  byte('ayidbflsno', 1, 10)
-- The place of the second in the keys of receipts. They are named like meta, with "receipts:" instead of "meta".
local second_at = #meta + 6
-- The targets, and what is collected for each. `places` follows the decisions before Redis has them. `places_before`
-- holds the places that users who move have in Redis. `befores` and `afters` hold the values of each move: the
-- difference between the ranking in Redis and the ranking after the writes.
local targets, fields = {}, {'epoch', 'seq', 'forgotten', 'run'}
local key, at = 4, 3
for index = 1, tonumber(ARGV[2]) do
  local version_field, form_field, form, rules, least, greatest, top, channel, starts, ends, cut =
    match(ARGV[at + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) ?(%S*) ?(%S*) ?(%S*)$')
  local operator, order, ties, worsening, periods = byte(rules, 1, 5)
  -- A table that has to grow past 32 fields costs much more, so a field is set only if it says something.
  local target = {
    line = ARGV[at], version_field = version_field, form = form, operator = operator,
    sign = order == letter_a and -1 or 1, is_first = ties == letter_f, is_last = ties == letter_l,
    is_shared = ties == letter_s, may_worsen = worsening == letter_y,
    least = least == '-' and -score_max or tonumber(least),
    greatest = greatest == '-' and score_max or tonumber(greatest), top = tonumber(top), channel = channel,
    ranking = KEYS[key], members = KEYS[key + 1], places = {}, places_before = {}, befores = {}, afters = {}, count = 0,
    version = 0, is_live = true, is_current = true,
  }
  local count, name = #fields, sub(version_field, 8)
  fields[count + 1], fields[count + 2], fields[count + 3] = form_field, version_field, 'listen' .. name
  if ends ~= '' then
    target.starts, target.ends, target.cut = tonumber(starts), tonumber(ends), tonumber(cut)
    target.is_only = periods == letter_o
    target.period_field, target.stamp = 'period' .. name, starts .. match(ARGV[at], ' [^ ]*$')
    fields[count + 4], fields[count + 5] = target.period_field, 'sealed' .. name
  end
  key, at = key + 2, at + 2
  if ties == letter_n then target.levels, key = KEYS[key], key + 1 end
  targets[index] = target
end
local target_count, receipts_prefix = #targets, sub(KEYS[key], 1, second_at - 1)

-- The place where the keys and the arguments of each update begin.
local first_key, first_argument, users, limit_keys = {}, {}, {}, {}
-- For each key of receipts: the signatures to look up, the fields to write, and the second.
local wanted, written, second_of = {}, {}, {}
do
  local count, total = 0, #ARGV - 1
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
    local limit_count = tonumber(ARGV[at + 5])
    for index = 1, limit_count do limit_keys[#limit_keys + 1] = KEYS[key + index] end
    key, at = key + 1 + limit_count, at + 6 + 3 * limit_count
  end
end

-- Read the current state. `receipt_of` and `held` follow the decisions before Redis has them.
local state = call('HMGET', meta, unpack(fields))
local epoch, seq = state[1], tonumber(state[2]) or 0
-- "<last second whose receipts are gone> <second of the last check>". Seconds have ten digits from 2001 to 2286, so
-- they can be compared as strings, which takes a tenth of the time.
local forgotten = state[3] or ''
local outcomes = {}
-- A server that has restarted, or was promoted, may hold an older state than the one that was verified.
local run, is_verified = state[4], state[4] == ARGV[#ARGV]
if not epoch or not is_verified then
  -- Without this, a primary that becomes a replica and then primary again could find its own name.
  if run and not is_verified then call('HDEL', meta, 'run') end
  for index = 1, #users do outcomes[index] = 'closed' end
  return outcomes
end
local time = call('TIME')
local now_us = time[1] * 1000000 + time[2]
local now = math.floor(now_us / 1000)
local now_ms = format('%d', now)
local receipt_of, held = {}, {}
for receipts, signatures in pairs(wanted) do
  for index, receipt in ipairs(call('HMGET', receipts, unpack(signatures))) do
    receipt_of[signatures[index]] = receipt
  end
end
if #limit_keys > 0 then
  for index, value in ipairs(call('MGET', unpack(limit_keys))) do held[limit_keys[index]] = value end
end
-- The board that has another form; and the board of the first target that can take updates.
local other_form, first_board
-- The fields of meta that change with the next write.
local changes = {}
do
  local field = 5
  for index = 1, target_count do
    local target = targets[index]
    local form, ends = state[field], target.ends
    if not form then
      changes[#changes + 1], changes[#changes + 2] = fields[field], target.form
    elseif form ~= target.form then
      other_form = match(target.line, '^[^ ]*')
    end
    target.version = tonumber(state[field + 1]) or 0
    if state[field + 2] and (tonumber(state[field + 2]) or 0) > now then target.listens = true end
    field = field + 3
    if ends then
      local stamp, sealed = state[field], tonumber(state[field + 1])
      field = field + 2
      target.is_live = now < target.cut and not (sealed and ends <= sealed)
      -- Once a period has begun, a clock that goes back does not bring back the one before: see turn.lua.
      local started = stamp and tonumber(match(stamp, '^%-?%d+'))
      local counts = started and started > now and started or now
      target.is_current = target.is_only or (target.starts <= counts and counts < ends)
      if stamp ~= target.stamp then target.is_new, target.is_rollover = true, not not stamp or target.version > 0 end
    end
    if target.is_live then
      first_board = first_board or match(target.line, '^[^ ]*')
      local places = target.places
      for place_at, place in ipairs(call('HMGET', target.members, unpack(users))) do
        places[users[place_at]] = place
      end
    end
  end
end

-- Collect the writes.
local events, expiring = {}, {}

-- Deletes the receipts of seconds that are long past by Redis' clock and by the issue time of an id that counts.
local function forget(second)
  local now_seconds = math.floor(now_us / 1000000)
  local last = math.max(0, math.min(now_seconds, second) - ceil(ARGV[1] / 1000) - 1)
  local known, gone = tonumber(match(forgotten, '^%d+')), {}
  if known then
    -- The number of steps is limited, to bound the call. More are due only after a time without updates.
    last = math.max(known, math.min(last, known + 64))
    for each = known + 1, last do gone[#gone + 1] = receipts_prefix .. format('%d', each) end
  else
    -- These are the first receipts of the partition, so there is nothing to delete before those of this call.
    for _, text in pairs(second_of) do last = math.min(last, tonumber(text) - 1) end
  end
  -- A second far in Redis' future must not prevent later checks.
  local mark = format('%d %d', last, math.min(now_seconds + 60, second))
  if mark == forgotten then return end
  forgotten = mark
  call('HSET', meta, 'forgotten', mark)
  if #gone > 0 then call('UNLINK', unpack(gone)) end
end

-- Writes what was collected. `open` and XADD come first: they are the only calls that can still fail (a key of another
-- type, a stream ahead of seq), and then nothing that counts must have been written, least of all a receipt. The types
-- of the other keys were checked by reading them; SET accepts any type.
local function write()
  if #events > 0 then
    for index = 1, target_count do
      local target = targets[index]
      if target.has_newcomer then
        call('ZADD', open, 'NX', target.cut and format('%d', target.cut) or '+inf',
          (string.gsub(target.line, ' ', ':')))
        target.has_newcomer = false
      end
    end
    local seq_text = format('%d', seq)
    call('XADD', outbox, seq_text .. '-0', unpack(events))
    events = {}
    local told, moved = {}, {}
    for index = 1, target_count do
      local target = targets[index]
      if target.count > 0 then write_moves(target, now_ms, moved) end
      if target.is_new and target.is_current and (target.top_changed or target.is_rollover) then
        changes[#changes + 1], changes[#changes + 2] = target.period_field, target.stamp
        if target.is_rollover then target.version, target.top_changed = target.version + 1, target.top_changed or 0 end
        target.is_new, target.is_rollover = false, false
      end
      if target.top_changed then
        if target.top_changed ~= 0 then target.version = target.version + 1 end
        told[#told + 1], target.top_changed = target, false
        changes[#changes + 1], changes[#changes + 2] = target.version_field, format('%d', target.version)
      end
    end
    changes[#changes + 1], changes[#changes + 2] = 'seq', seq_text
    call('HSET', meta, unpack(changes))
    changes = {}
    for index = 1, #told do
      local target = told[index]
      call('PUBLISH', target.channel, epoch .. '\n' .. format('%d', target.version) .. '\n' .. now_ms .. '\n'
        .. match(target.line, '[^ ]*$') .. '\n'
        .. concat(call('ZREVRANGE', target.ranking, 0, target.top - 1, 'WITHSCORES'), '\n'))
    end
    for index = 1, #moved do call('PUBLISH', moved[index][1], moved[index][2]) end
  end
  for index = 1, #expiring, 3 do call('SET', expiring[index], expiring[index + 1], 'PX', expiring[index + 2]) end
  expiring = {}
  local newest = ''
  for receipts, pairs_of in pairs(written) do
    if #pairs_of > 0 then
      call('HSET', receipts, unpack(pairs_of))
      written[receipts] = {}
      if second_of[receipts] > newest then newest = second_of[receipts] end
    end
  end
  if newest > sub(forgotten, 12) then forget(tonumber(newest)) end
end

-- Writes what was collected so far, if a rank has to be counted by Redis.
local function settle() if #events > 0 then write() end end

-- Finds the outcome for a target, and keeps it in the target as `new`. Returns why the update is refused, or nil.
local function find_outcome(target, user, amount)
  local place, sign, operator = target.places[user], target.sign, target.operator
  -- The time in a place has 13 digits until the year 2286; places written by the version before have none.
  local old = place and tonumber(byte(place, -14) == 32 and sub(place, 17, -15) or sub(place, 17))
  if place and not old then error('ERR apply: members holds a malformed place') end
  local score = amount
  if operator == letter_i then
    score = (old or 0) + amount
  elseif operator == letter_d then
    score = (old or 0) - amount
  elseif operator == letter_b and old and sign * old >= sign * amount then
    score = old
  end
  local value, score_text = sign * score, format('%d', score)
  local text = sign == 1 and score_text or format('%d', value)
  target.new_value, target.new_score = value, score_text
  target.is_changed, target.new_top = score ~= old, false
  if score == old then
    target.new_outcome = score_text .. ' ' .. format('%d', rank_kept(target, value, text, place, user, settle))
    return nil
  end
  if score > target.greatest or score < target.least then return 'bounds' end
  local old_value = old and sign * old
  target.old_value = old_value or false
  if old_value and value < old_value and not target.may_worsen then return 'decrease' end
  local rank
  if target.is_first then
    -- With this rule, the most frequent one, the rank is the place. That saves the calls below.
    local falls = old_value and value < old_value
    rank = count_from(target, '', text, value) + (falls and 0 or 1)
    target.new_top = target.is_current
      and (rank <= target.top or falls and place_of(target, place, user, settle) < target.top)
  else
    rank = rank_moved(target, value, text, old_value, settle)
    target.new_top = target.is_current and changes_top(target, value, text, old_value, rank, place, user, settle)
  end
  target.new_outcome = score_text .. ' ' .. format('%d', rank)
  return nil
end

local function decide(update_key, update_at)
  local user, amount, submitted = ARGV[update_at], tonumber(ARGV[update_at + 1]), ARGV[update_at + 2]
  local signature, receipts = ARGV[update_at + 3], KEYS[update_key]
  local done = receipt_of[signature]
  if done then
    local cut = find(done, ' ', 1, true)
    if sub(done, 1, cut - 1) ~= submitted then return 'reused' end
    return 'replayed' .. sub(done, cut)
  end
  if second_of[receipts] <= forgotten then return 'stale ' .. now_ms .. ' ' .. match(forgotten, '^%d+') end
  if other_form then return 'form ' .. other_form end
  if not first_board then return 'sealed' end
  local limit_count = tonumber(ARGV[update_at + 5])
  local values, lifetimes
  if limit_count > 0 then
    values, lifetimes = check_limits(update_key, update_at, limit_count, now_us, held, expiring)
    if not values then return lifetimes end
  end

  -- Find all outcomes before any is collected.
  for index = 1, target_count do
    local target = targets[index]
    if target.is_live then
      local refusal = find_outcome(target, user, amount)
      if refusal then return refusal end
    end
  end

  -- The update counts: collect its writes.
  seq = seq + 1
  local first, lines
  for index = 1, target_count do
    local target = targets[index]
    local line = target.line
    if target.is_live then
      local outcome = target.new_outcome
      if target.is_changed then
        local places, place, count = target.places, target.places[user], target.count + 1
        if target.places_before[user] == nil then target.places_before[user] = place or false end
        if not place then target.has_newcomer = true end
        local tie_key = format('%016d', target.is_last and seq or tie_key_max - seq)
        places[user] = tie_key .. target.new_score .. ' ' .. now_ms
        target.count = count
        target.befores[count], target.afters[count] = target.old_value, target.new_value
        if target.new_top then target.top_changed = true end
        line = line .. ' ' .. outcome .. ' 1'
      else
        line = line .. ' ' .. outcome .. ' 0'
      end
      first = first or outcome
    end
    lines = lines and lines .. '\n' .. line or line
  end
  local is_plain = target_count == 1 and targets[1].is_changed
  local count = #events
  events[count + 1], events[count + 2] = 'e', ARGV[update_at + 4]
  events[count + 3], events[count + 4] = 'o', now_ms .. '\n' .. lines
  for index = 1, limit_count do
    local limit_key = KEYS[update_key + index]
    held[limit_key] = values[index]
    count = #expiring
    expiring[count + 1], expiring[count + 2] = limit_key, values[index]
    expiring[count + 3] = format('%d', lifetimes[index])
  end
  local reply = is_plain and first or first .. ' ' .. first_board .. '\n' .. lines
  local receipt, pairs_of = submitted .. ' ' .. (is_plain and first .. ' ' .. first_board or reply), written[receipts]
  receipt_of[signature] = receipt
  count = #pairs_of
  pairs_of[count + 1], pairs_of[count + 2] = signature, receipt
  return 'applied ' .. reply
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
