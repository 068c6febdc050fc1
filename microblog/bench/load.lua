-- What wrk asks for. Each of its threads has a copy of all this. loads.py has written the plan, visitors.py the other files. Where
-- a ledger is kept, a thread has one connection, so that an answer belongs to its last request.

local plan = dofile(os.getenv("BENCH_PLAN"))
local threads = {}
local random, format = math.random, string.format

number = 0   -- of this thread
failed = 0   -- answers that are not what they should be
failures = ""
kinds = {}   -- how many of each kind were answered well

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function lines(name)
  local found = {}
  for line in io.lines(plan.files .. "/" .. name .. ".tsv") do
    local fields = {}
    for field in line:gmatch("[^\t]+") do table.insert(fields, field) end
    table.insert(found, fields)
  end
  return found
end

local function any(list) return list[random(#list)] end

-- A few talk all day, so that some posts of one person come at the same moment.
local function author() return random(10) == 1 and people[random(4)] or any(people) end

-- Each thread follows and unfollows for people of its own, so that it knows what they have done last.
local function own_person() return people[random(0, math.floor((#people - 1 - number) / plan.threads)) * plan.threads + number + 1] end

function init()
  math.randomseed(plan.seed * 1000 + number)
  people, posts, searches, texts = lines("people"), lines("posts"), lines("searches"), lines("texts")
  rare, common = {}, {}
  for _, search in ipairs(searches) do
    if search[2] == "rare" then table.insert(rare, search) elseif search[2] == "common" then table.insert(common, search) end
  end
  crowds = {}
  for _, reader in ipairs(lines("crowds")) do
    crowds[reader[1]] = crowds[reader[1]] or {}
    table.insert(crowds[reader[1]], reader)
  end
  following, count, total = {}, 0, 0
  for _, kind in ipairs(plan.kinds) do total = total + kind[2] end
  if plan.ledger then
    ledger = assert(io.open(plan.ledger .. "-" .. number, "w"))
    ledger:setvbuf("line")
    response = answered
    votes = {}
    for place, vote in ipairs(lines("votes")) do
      if place > plan.votes_from and place <= plan.votes_to and (vote[3] % plan.threads) == number then table.insert(votes, vote) end
    end
  end
end

local function note(word, ...) ledger:write(table.concat({word, ...}, "\t"), "\n") end

local function get(path, headers) return wrk.format("GET", plan.mount .. path, headers) end
local function page(path) return get(path, {Cookie = any(people)[3]}) end
local function of(crowd, path)
  local reader = any(crowds[crowd])
  return get(path:gsub("{before}", reader[3]), {Cookie = people[reader[2] + 1][3]})
end
local function json(path) return get(path, {Authorization = "Bearer " .. any(people)[5]}) end

local function form(person, path, fields)
  local headers = {
    Cookie = person[3],
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Sec-Fetch-Site"] = "same-origin",
  }
  return wrk.format("POST", plan.mount .. path, headers, "csrf_token=" .. person[4] .. fields)
end

local function post_json(person, path, body, key)
  local headers = {
    Authorization = "Bearer " .. person[5],
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = key,
  }
  return wrk.format("POST", plan.mount .. path, headers, body)
end

-- How each kind of request is made. Those that write leave in `sent` what their answer must be and what it then proves.
local make = {
  bare = function() return get("/bare") end,
  file = function() return get("/static/0/page.txt") end,
  home = function() return page("/") end,
  public = function() return page("/explore") end,
  profile = function() return page("/user/" .. any(people)[2]) end,
  post = function() return page("/post/" .. any(posts)[1]) end,
  signals = function() return page("/notifications?since=" .. plan.since) end,
  search = function() return page("/search?q=" .. any(searches)[1]) end,
  search_rare = function() return page("/search?q=" .. any(rare)[1]) end,
  search_common = function() return page("/search?q=" .. any(common)[1]) end,
  of_50 = function() return of("steady", "/") end,
  of_50_deep = function() return of("steady", "/?before={before}") end,
  of_1000 = function() return of("busy", "/") end,
  of_all = function() return of("curious", "/") end,
  public_deep = function() return page("/explore?before=" .. crowds.public[1][3]) end,
  json = function() return json("/api/timelines/home?per_page=25") end,
  followers = function() return json("/api/users/" .. any(people)[1] .. "/followers?per_page=25") end,
}

local function mark()
  count = count + 1
  return format("%s.%d.%d", plan.run, number, count)
end

-- One in twenty is sent twice, as by somebody who presses a button again: it must be answered alike and be there once.
local function once_or_again(kind, compose)
  if again and again.kind == kind and random(20) == 1 then
    sent = again
  else
    sent = compose()
    sent.kind, again = kind, sent
  end
  note("sent", unpack(sent.proves))
  return sent.request
end

function make.publish()
  return once_or_again("publish", function()
    local person, text, key = author(), any(texts), mark()
    local fields = "&nonce=" .. key .. "&post=" .. text[1] .. "+%5B" .. key .. "%5D"
    return {request = form(person, "/", fields), status = 303, location = plan.mount .. "/", proves = {"post", key, person[1]}}
  end)
end

function make.api_publish()
  return once_or_again("api_publish", function()
    local person, text, key = author(), any(texts), mark()
    local body = '{"body":"' .. text[2] .. " [" .. key .. ']"}'
    return {request = post_json(person, "/api/posts", body, key), status = 201, proves = {"post", key, person[1], "key"}}
  end)
end

-- Somebody begins to read somebody, and a little later no longer does.
function make.follow()
  local pair = #following > 3 and table.remove(following, 1)
  local verb = pair and "unfollow" or "follow"
  if not pair then
    local reader, author = own_person(), any(people)
    while reader == author do author = any(people) end
    pair = {reader, author}
  end
  local reader, author = unpack(pair)
  local path = "/" .. verb .. "/" .. author[2]
  sent = {
    request = form(reader, path, ""), status = 303, location = plan.mount .. "/user/" .. author[2],
    proves = {verb, reader[1], author[1]}, pair = not (verb == "unfollow") and pair,
  }
  note("sent", unpack(sent.proves))
  return sent.request
end

function make.vote()
  local vote = table.remove(votes)
  if not vote then  -- everybody has voted
    asked = "follow"
    return make.follow()
  end
  local person, choice = people[vote[3] + 1], random(tonumber(vote[2]))
  local path = "/api/polls/" .. vote[1] .. "/votes"
  sent = {
    request = post_json(person, path, format('{"choices":[%d]}', choice)), status = 201,
    proves = {"vote", vote[1], person[1], choice},
  }
  note("sent", unpack(sent.proves))
  return sent.request
end

function request()
  local chosen = random() * total
  for _, kind in ipairs(plan.kinds) do
    chosen = chosen - kind[2]
    if chosen <= 0 then
      asked, sent = kind[1], nil
      return make[kind[1]]()
    end
  end
end

-- Where a ledger is kept, every answer is looked at.
function answered(status, headers, body)
  local wanted = sent and sent.status or 200
  local location = headers["Location"]
  if status ~= wanted or (sent and sent.location and location ~= sent.location) then
    failed = failed + 1
    if failed < 4 then failures = failures .. format("%s: %d %s; ", asked, status, location or body:sub(1, 200)) end
    return
  end
  kinds[asked] = (kinds[asked] or 0) + 1
  if sent then
    note("done", unpack(sent.proves))
    if sent.pair then table.insert(following, sent.pair) end
  end
end

local function quoted(text) return '"' .. text:gsub('[%c"\\]', function(c) return format("\\u%04x", c:byte()) end) .. '"' end

function done(summary, latency)
  local failed, failures, counts = 0, "", {}
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("failed")
    failures = failures .. thread:get("failures")
    for kind, number in pairs(thread:get("kinds")) do counts[kind] = (counts[kind] or 0) + number end
  end
  local errors = summary.errors
  local parts = {}
  for kind, number in pairs(counts) do table.insert(parts, format('"%s": %d', kind, number)) end
  local out = assert(io.open(plan.result, "w"))
  out:write(format('{"requests": %d, "seconds": %.6f, "bytes": %d,', summary.requests, summary.duration / 1e6, summary.bytes))
  out:write(format('"p50": %.3f, "p90": %.3f, "p99": %.3f, "max": %.3f,', latency:percentile(50) / 1e3,
    latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
  out:write(format('"connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d, "wrong": %d,', errors.connect, errors.read,
    errors.write, errors.timeout, errors.status, failed))
  out:write(format('"failures": %s, "kinds": {%s}}\n', quoted(failures), table.concat(parts, ", ")))
  out:close()
end
