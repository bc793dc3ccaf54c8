import { createHash } from "node:crypto";

/**
 * One account's windows, in one string key: a lost, evicted or half-written part cannot go unseen, a cluster keeps it in
 * one slot, and one call reads and writes it whole. The rules are those of the local log: a cost is put in before its
 * request is sent and leaves one window after the answer.
 *
 * Time is Redis' own, but never a leap of it: a member vouches for the time that passed on its monotonic clock since its
 * last visit at `t`: at least `lo` (from the answer to this ask), at most `el` (from the ask before to this one). What
 * Redis' clock says beyond that is taken out by `off`. So no step of the clock empties a window, and none stops it.
 *
 * Where the key is gone, or another run of Redis (a restart from an older copy, a replica that took over) answers, nothing
 * of what was sent is certain: every member must join anew with its own log, and while one that was there is missing
 * (`wait`), short windows are full for one length and a grace.
 */
const script = String.raw`
local silentMs, forgottenMs, missedMs, graceMs, slackMs = 7000, 60000, 4000, 5000, 100
local longestMs = 60000
local head = { [0] = 20000, [1] = 5000, [2] = 2000, [3] = 0 }
local ask = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local wall = time[1] * 1000 + math.floor(time[2] / 1000)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local raw = redis.call('GET', KEYS[1])
local isWhole, state = pcall(cjson.decode, raw or 'null')
if not isWhole or type(state) ~= 'table' or state.v ~= 1 then state = nil end
local known = state and state.run == run and state.ep == ask.ep and state.mem[ask.m]
if not known and not ask.join then return cjson.encode({ lost = true }) end

local renewed = not state or state.run ~= run
if not state then
  state = { v = 1, off = 0, at = wall, mem = {}, open = {}, win = {}, day = {}, wait = {}, q = {} }
end

-- time, without leaps
local least, most = state.at, state.at
if ask.t and ask.ep == state.ep then
  least, most = math.max(least, ask.t + ask.lo), ask.t + ask.el + slackMs
end
local t = math.floor(math.max(least, math.min(wall - state.off, most)))
state.off = wall - t
state.at = t

if renewed then
  for _, each in pairs(state.mem) do state.wait[each.pc] = t end
  state.mem, state.open, state.q = {}, {}, {}
  for _, win in pairs(state.win) do win.e = {} end
  state.run = run
  state.ep = string.sub(run, 1, 12) .. string.format('-%d', wall)
end

for name, c in pairs(ask.win) do
  if c.daily then
    state.day[name] = state.day[name] or { h = {} }
  else
    local win = state.win[name] or { len = c.len, e = {} }
    if not win.told and win.len ~= c.len then
      for _, e in ipairs(win.e) do e[1] = e[1] + c.len - win.len end
      win.len = c.len
    end
    state.win[name] = win
  end
end

-- what holds long is told by the wall: a day's rest is no matter of ms
local function mark(ms) return ms > 600000 and { w = wall + ms } or { t = t + ms } end
local function left(m)
  if not m then return 0 end
  return math.max(0, m.w and m.w - wall or m.t - t)
end

-- what leaves within a thousandth of the window leaves together, at its end: a window never has more entries than that a PC
local function put(win, leavesAt, units, sentAt, pc)
  if leavesAt <= t then return end
  local step = math.max(1, math.floor(win.len / 1000))
  leavesAt = math.ceil(leavesAt / step) * step
  local at = #win.e
  while at > 0 and win.e[at][1] > leavesAt do at = at - 1 end
  local near = win.e[at]
  if near and near[1] == leavesAt and near[4] == pc and sentAt and near[3] then
    near[2] = near[2] + units
  else
    table.insert(win.e, at + 1, { leavesAt, units, sentAt or false, pc })
  end
end
local function answered(o, at)
  for name, units in pairs(o.c) do
    local win = state.win[name]
    if win then put(win, at + win.len, units, o.at, o.pc) end
  end
end
local function addHour(name, hour, pc, units)
  local day = state.day[name]
  if not day then return end
  local key = string.format('%d', hour)
  day.h[key] = day.h[key] or {}
  day.h[key][pc] = math.max(0, (day.h[key][pc] or 0) + units)
end

-- who is silent is dead, and what it had open may just have arrived
for id, each in pairs(state.mem) do
  if id ~= ask.m and each.seen + silentMs < t then
    for gid, o in pairs(state.open) do
      if o.m == id then
        answered(o, each.seen + silentMs)
        state.open[gid] = nil
      end
    end
    if each.seen + forgottenMs < t then state.mem[id] = nil end
  end
end
for _, win in pairs(state.win) do
  local kept = {}
  for _, e in ipairs(win.e) do if e[1] > t then kept[#kept + 1] = e end end
  win.e = kept
end

if ask.join then
  local heard = {}
  for id, each in pairs(state.mem) do
    if id == ask.m or (each.pc == ask.pc and each.seen + missedMs < t) then
      state.mem[id] = nil
    elseif each.seen + missedMs >= t then
      heard[each.pc] = true
    elseif ask.join.back then
      state.wait[each.pc] = state.wait[each.pc] or t
    end
  end
  -- its own log has all that this PC sent; but a copy of it that lives, or died just now, may have sent what that log lacks
  local isAlone = not heard[ask.pc]
  for gid, o in pairs(state.open) do if o.pc == ask.pc and (isAlone or o.m == ask.m) then state.open[gid] = nil end end
  for name, win in pairs(state.win) do
    local kept = {}
    for _, e in ipairs(win.e) do if e[4] ~= ask.pc or not isAlone then kept[#kept + 1] = e end end
    win.e = kept
    for _, e in ipairs(ask.join.roll[name] or {}) do put(win, t + e[2], e[1], e[3] and t - e[3], ask.pc) end
  end
  for gid, c in pairs(ask.join.open) do state.open[gid] = { m = ask.m, pc = ask.pc, at = t, c = c } end
  for name, hours in pairs(ask.join.hours) do
    for hour, units in pairs(hours) do
      local day = state.day[name]
      local has = day and day.h[hour] and day.h[hour][ask.pc] or 0
      if units > has then addHour(name, tonumber(hour), ask.pc, units - has) end
    end
  end
  local hasRoster = false
  for _, pc in ipairs(ask.join.roster) do
    hasRoster = true
    if (renewed or ask.join.back) and not heard[pc] then state.wait[pc] = state.wait[pc] or t end
  end
  if renewed and not hasRoster then state.wait['?'] = t end
  state.wait[ask.pc] = nil
end
for pc, since in pairs(state.wait) do if since + longestMs + graceMs < t then state.wait[pc] = nil end end
state.mem[ask.m] = { pc = ask.pc, seen = t, share = ask.share }

local hour = ask.hour or math.floor(wall / 3600000)
for _, gid in ipairs(ask.drop) do
  local o = state.open[gid]
  if o then
    for name, units in pairs(o.c) do if o.hour then addHour(name, o.hour, o.pc, -units) end end
    state.open[gid] = nil
  end
end
for _, gid in ipairs(ask.done) do
  if state.open[gid] then answered(state.open[gid], t) end
  state.open[gid] = nil
end
for _, c in ipairs(ask.book) do
  answered({ c = c, at = t, pc = ask.pc }, t)
  for name, units in pairs(c) do addHour(name, hour, ask.pc, units) end
end

local function usedIn(name, pc)
  local used, certain, open = 0, 0, 0
  local win = state.win[name]
  if win then
    for _, e in ipairs(win.e) do
      if not pc or e[4] == pc then
        used = used + e[2]
        if e[3] and e[3] > t - win.len then certain = certain + e[2] end
      end
    end
    for _, o in pairs(state.open) do
      if (not pc or o.pc == pc) and o.c[name] then open = open + o.c[name] end
    end
    return used + open, certain
  end
  local since = ask.win[name].since
  for key, by in pairs(state.day[name].h) do
    local at = tonumber(key)
    if at < since - 50 or at > since + 100 then
      state.day[name].h[key] = nil
    elseif at >= since then
      for each, units in pairs(by) do if not pc or each == pc then used = used + units end end
    end
  end
  return used, used
end
-- Answers overtake each other, and a late one tells an older count, from which nothing that was counted since may be taken. Of
-- all that was told after the newest of these requests left, one is the last, and none is more than what was there
local function lastCount(win, count, ago)
  win.newest = math.max(win.newest or 0, t - ago)
  local kept = { { count, t } }
  for _, each in ipairs(win.counts or {}) do if each[2] >= win.newest then kept[#kept + 1] = each end end
  win.counts = kept
  for _, each in ipairs(kept) do count = math.max(count, each[1]) end
  return count
end
local function othersIn(name)
  local w = state.win[name] or state.day[name]
  return left(w.othersFor) > 0 and w.others or 0
end

for _, seen in ipairs(ask.obs) do
  local w = state.win[seen.w] or state.day[seen.w]
  if w and ask.win[seen.w] then
    if seen.limit then w.limit = seen.limit end
    if seen.len and w.len and seen.len ~= w.len then
      for _, e in ipairs(w.e) do e[1] = e[1] + seen.len - w.len end
      w.len = seen.len
    end
    if seen.len then w.told = true end
    if seen.remaining then
      local used, certain = usedIn(seen.w)
      -- what is open, or was sent a window ago, may or may not be in the vendor's count: what was known of the others holds
      -- while it can be true
      local all = (w.limit or ask.win[seen.w].limit) - seen.remaining
      if w.e then all = lastCount(w, all, seen.ago) end
      local most, least = math.max(0, all - certain), math.max(0, all - used)
      local before = left(w.othersFor) > 0 and w.others or 0
      w.others = math.max(least, math.min(most, before))
      w.othersFor = mark(seen.hold)
    end
    if seen.blocked and seen.blocked > left(w.blocked) then w.blocked = mark(seen.blocked) end
  end
end

local function waitOf(name, units, max, ours, before)
  local c, w = ask.win[name], state.win[name] or state.day[name]
  if left(w.blocked) > 0 then return left(w.blocked), true end
  if w.limit and w.limit ~= c.limit then
    max, ours = math.max(1, math.floor(max * w.limit / c.limit)), math.max(1, math.floor(ours * w.limit / c.limit))
  end
  local used, others = usedIn(name), othersIn(name)
  local over = math.max(used + others + units - max, used + units - ours)
  if c.daily then
    if over <= 0 then return 0, true end
    if not c.rolling then return c.resets, true end
    if used + units <= ours then return left(w.othersFor), true end
    local oldest = math.floor(c.now / 3600000)
    for key in pairs(w.h) do oldest = math.min(oldest, tonumber(key)) end
    return math.max(25, (oldest + 1) * 3600000 + c.len - c.now), true
  end
  local missing = 0
  for _, since in pairs(state.wait) do missing = math.max(missing, since + math.min(w.len, longestMs) + graceMs - t) end
  if missing > 0 then return math.min(250, missing), false end
  if over > 0 then
    local freed = 0
    for _, e in ipairs(w.e) do
      freed = freed + e[2]
      if freed >= over then return math.max(1, e[1] - t), false end
    end
    return others > 0 and math.max(25, left(w.othersFor)) or 25, false
  end
  for _, each in ipairs(state.q) do
    if each.till > t and each.o < before and each.c[name] then over = over + each.c[name] end
  end
  return over > 0 and 25 or 0, false
end

-- who was refused comes before who asks later, in the window that refused; an urgent lane has a head start, so that no lane starves
local function placeOf(lane)
  for n, each in ipairs(state.q) do
    if each.m == ask.m and each.lane == lane then return n, each end
  end
end
local queue = {}
for _, each in ipairs(state.q) do
  if each.till > t and state.mem[each.m] then queue[#queue + 1] = each end
end
state.q = queue

local verdicts = {}
for n, want in ipairs(ask.take) do
  local place, mine = placeOf(want.lane)
  local order = mine and mine.o or t - head[want.lane]
  local worst, by, isLong = 0, '', false
  for name, units in pairs(want.c) do
    if ask.win[name] then
      local ms, long = waitOf(name, units, want.max[name], want.ours[name], order)
      if ms > worst then worst, by, isLong = ms, name, long end
    end
  end
  if worst == 0 then
    state.open[want.id] = { m = ask.m, pc = ask.pc, at = t, c = want.c, hour = hour }
    for name, units in pairs(want.c) do addHour(name, hour, ask.pc, units) end
    if place then table.remove(state.q, place) end
    verdicts[n] = { ok = true }
  else
    if isLong then
      if place then table.remove(state.q, place) end
    else
      local entry = { m = ask.m, lane = want.lane, o = order, c = { [by] = want.c[by] }, till = t + math.min(worst, 10000) + 1500 }
      if place then state.q[place] = entry else table.insert(state.q, entry) end
    end
    verdicts[n] = { ok = false, wait = math.ceil(worst), by = by }
  end
end

if ask.bye then
  for gid, o in pairs(state.open) do
    if o.m == ask.m then
      answered(o, t)
      state.open[gid] = nil
    end
  end
  state.mem[ask.m] = nil
end
redis.call('SET', KEYS[1], cjson.encode(state), 'PX', 180000000)

local gauges, pcs = {}, {}
for name, _ in pairs(ask.win) do
  local w = state.win[name] or state.day[name]
  local used, own = usedIn(name), usedIn(name, ask.pc)
  gauges[name] = { used = used, own = own, others = othersIn(name), limit = w.limit, blocked = math.ceil(left(w.blocked)) }
end
for _, each in pairs(state.mem) do pcs[each.pc] = { share = each.share, silent = t - each.seen } end
local awaited = {}
for pc in pairs(state.wait) do awaited[#awaited + 1] = pc end
return cjson.encode({ t = t, ep = state.ep, take = verdicts, windows = gauges, pcs = pcs, awaited = awaited })
`;

/** The script, and the name by which a Redis that has it loaded knows it. */
export const windowScript = { text: script, sha1: createHash("sha1").update(script).digest("hex") } as const;
