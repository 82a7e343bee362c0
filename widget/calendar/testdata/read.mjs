// Reads a calendar on standard input with ical.js, whose folder is the argument,
// and prints what it found, for the test to compare.
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

const { default: ICAL } = await import(pathToFileURL(`${process.argv[2]}/dist/ical.js`).href);
const root = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = root.getAllSubcomponents("vevent").map((one) => {
  const e = new ICAL.Event(one);
  const text = (name) => one.getFirstPropertyValue(name)?.toString() ?? "";
  return {
    uid: e.uid, sequence: e.sequence, status: text("status"), summary: e.summary ?? "", location: e.location ?? "", description: e.description ?? "",
    start: e.startDate.toJSDate().toISOString(), end: e.endDate.toJSDate().toISOString(),
    alarms: one.getAllSubcomponents("valarm").map((a) => a.getFirstPropertyValue("trigger").toSeconds()),
  };
});
const first = (name) => root.getFirstPropertyValue(name)?.toString() ?? "";
// ical.js does not know RFC 7986's NAME as a text and leaves its escapes in.
const name = first("name").replace(/\\([,;\\])/g, "$1");
process.stdout.write(JSON.stringify({ method: first("method"), name, refresh: first("refresh-interval"), events }));
