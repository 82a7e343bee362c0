// Times as the clinic's wall clock shows them. RFC 3339 times carry the clinic's
// offset; the visitor's own zone must not shift an appointment.

import type { Words } from "./text";

/** Wall is a moment by the clinic's clock. */
export interface Wall {
  date: string; // 2026-11-25
  year: number;
  month: number; // from 0
  day: number;
  weekday: number; // 0 is Sunday
  clock: string; // 09:00
}

/** wall reads an RFC 3339 time as written, without shifting it. */
export function wall(rfc: string): Wall {
  const at = new Date(rfc.slice(0, 19) + "Z");
  return {
    date: rfc.slice(0, 10),
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    day: at.getUTCDate(),
    weekday: at.getUTCDay(),
    clock: rfc.slice(11, 16),
  };
}

/** daysFromNow counts calendar days from today, by the clock the time is written in. */
export function daysFromNow(rfc: string): number {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(rfc);
  const shift = zone ? (zone[1] === "-" ? -1 : 1) * (+zone[2]! * 60 + +zone[3]!) : 0;
  const today = Math.floor((Date.now() + shift * 60000) / 864e5);
  return Date.parse(rfc.slice(0, 10) + "T00:00:00Z") / 864e5 - today;
}

const near = (w: Words, days: number) => (days === 0 ? w.today : days === 1 ? w.tomorrow : days === -1 ? w.yesterday : "");

/** dayName is «среда, 25 ноября», with «завтра» before it where it is near. */
export function dayName(w: Words, rfc: string): string {
  const t = wall(rfc);
  const full = `${w.weekdays[t.weekday]}, ${t.day} ${w.months[t.month]}`;
  const word = near(w, daysFromNow(rfc));
  return capital(word ? `${word}, ${full}` : full);
}

/** separator is the line between two days of the conversation: «Сегодня» or «23 ноября». */
export function separator(w: Words, rfc: string): string {
  const t = wall(rfc);
  return capital(near(w, daysFromNow(rfc)) || `${t.day} ${w.months[t.month]}`);
}

/** moment is «в 08:00», «завтра в 08:00» or «в понедельник в 08:00». */
export function moment(w: Words, rfc: string): string {
  const t = wall(rfc);
  const days = daysFromNow(rfc);
  const day = days === 0 ? "" : (near(w, days) || (days < 7 ? w.on[t.weekday] : `${t.day} ${w.months[t.month]}`)) + " ";
  return day + w.at(t.clock);
}

export const capital = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);
