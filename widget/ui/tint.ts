// The owner's colour, corrected until what stands on it or is written in it can
// be read (WCAG 1.4.3: 4.5 to 1).

type Color = [number, number, number];

const enough = 4.5;
const white: Color = [255, 255, 255];
const ink: Color = [16, 26, 32];

/** fallback is used where the owner names no colour, or one that is not #rgb or #rrggbb. */
const fallback: Color = [10, 127, 90];

export function parse(text: string | null | undefined): Color {
  const hex = /^#?([\da-f]{3}|[\da-f]{6})$/i.exec((text || "").trim())?.[1];
  if (!hex) return fallback;
  const wide = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
  return [0, 2, 4].map((i) => parseInt(wide.slice(i, i + 2), 16)) as Color;
}

const luminance = (c: Color) => {
  const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4) as Color;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

export const contrast = (a: Color, b: Color) => {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};

const mix = (a: Color, b: Color, t: number) => a.map((v, i) => Math.round(v + (b[i]! - v) * t)) as Color;

/** toward moves a colour to black or white until it stands out from the ground. */
const toward = (c: Color, end: Color, ground: Color) => {
  let out = c;
  for (let t = 0; t <= 1 && contrast(out, ground) < enough; t += 0.04) out = mix(c, end, t);
  return out;
};

const css = (c: Color) => `rgb(${c.join()})`;

/**
 * tint is the set of colours made of one: `fill` with text `on` it, and `text`
 * and pale `wash` for the ground given. A light colour keeps its look and gets
 * dark text; a middling one is darkened for white.
 */
export function tint(color: string | null | undefined, dark: boolean): Record<string, string> {
  const base = parse(color);
  const ground: Color = dark ? [23, 30, 35] : white;
  const bright = contrast(base, white) < 2.6;
  const fill = bright ? base : toward(base, [0, 0, 0], white);
  // What is written in the colour also stands on its wash, which is a shade nearer.
  const wash = mix(ground, base, dark ? 0.2 : 0.09);
  const text = toward(base, dark ? white : [0, 0, 0], wash);
  return { fill: css(fill), on: css(bright ? ink : white), text: css(text), wash: css(wash), edge: css(mix(text, ground, 0.55)) };
}
