"""The load test: one town of invented people, the real servers, a load generator, yardsticks beside them, and a report.

plan        what is measured, and what of it makes no sense
vocabulary  the words of three languages, as often as languages use them
town        who lives there and what they say, the same at every planting
planting    how all of that comes into Postgres
ground      the Postgres that holds it, kept for the next run, and a copy for each point of the grid
visitors    people who are logged in, and the files wrk reads of them
sites       uWSGI and nginx with the project's own files
cuts        the product's pages cut into what stays and what changes
yardsticks  the least that builds the same pages: an application of its own
loads, wrk  what is asked for, and who asks (load.lua)
machine     processor time and memory, from /proc
ledger      whether what was acknowledged is there once, and counters equal rows
course      all of it in order
figures     medians and their spread
counterparts  pages beside those that they should cost as much as
firstlook   what a headless browser sees of the first pages, where there is one (browser)
report      the table, the JSON, and the page with charts (charts, page)
long        another course, of what takes long: growth (plans), memory, starts, threads; long_report tells of it
"""


class BenchError(Exception):
    """The load test cannot go on; the message is for whoever started it."""
