"""Reads a calendar on standard input with icalendar and prints what it found, for the test to compare."""

import datetime
import json
import sys

import icalendar

root = icalendar.Calendar.from_ical(sys.stdin.buffer.read())


def said(component, name):
    return str(component.get(name, ""))


def instant(component, name):
    return component[name].dt.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


events = [
    {
        "uid": said(e, "UID"),
        "sequence": int(e["SEQUENCE"]),
        "status": said(e, "STATUS"),
        "summary": said(e, "SUMMARY"),
        "location": said(e, "LOCATION"),
        "description": said(e, "DESCRIPTION"),
        "start": instant(e, "DTSTART"),
        "end": instant(e, "DTEND"),
        "alarms": [int(a["TRIGGER"].dt.total_seconds()) for a in e.walk("VALARM")],
    }
    for e in root.walk("VEVENT")
]
refresh = root.get("REFRESH-INTERVAL", "")
if refresh:
    refresh = refresh.to_ical().decode()
json.dump({"method": said(root, "METHOD"), "name": said(root, "NAME"), "refresh": refresh, "events": events}, sys.stdout)
