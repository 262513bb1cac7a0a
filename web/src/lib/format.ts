import type { Double } from "./api-types";
import type { Language } from "./messages";

export interface Format {
  /** A count. */
  count(value: number | undefined): string;
  /** A measured value, five significant digits. Left-out values of the JSON are zero. */
  value(value: Double | undefined): string;
  /** A measured value beside others of its kind, all with the same decimals. */
  fixed(value: Double | undefined, decimals: number): string;
  /** A share of one, three significant digits; a dash for one that is not known. */
  percent(share: number | undefined): string;
  bytes(value: number | undefined): string;
  dateTime(value: string | number): string;
  ago(value: string | number, now: number): string;
  duration(milliseconds: number): string;
}

const locales: Record<Language, string> = { en: "en", ko: "ko-KR" };

export function makeFormat(language: Language): Format {
  const locale = locales[language];
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const plain = new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 });
  const scientific = new Intl.NumberFormat(locale, { notation: "scientific", maximumSignificantDigits: 4 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const unit = (value: number, name: string, maximumFractionDigits = 0) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits }).format(
      value,
    );

  return {
    count: (value = 0) => count.format(value),
    value: (value = 0) => {
      const number = Number(value);
      if (!Number.isFinite(number)) return String(value);
      const size = Math.abs(number);
      return (size !== 0 && (size < 1e-4 || size >= 1e9) ? scientific : plain).format(number);
    },
    fixed: (value = 0, decimals) => {
      const number = Number(value);
      if (!Number.isFinite(number)) return String(value);
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      return new Intl.NumberFormat(locale, digits).format(number);
    },
    percent: (share) => (share === undefined ? "–" : `${plain.format(Number((share * 100).toPrecision(3)))}\u00a0%`),
    bytes: (value = 0) => {
      const units = ["B", "kB", "MB", "GB", "TB"];
      const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
      const number = new Intl.NumberFormat(locale, { maximumFractionDigits: power === 0 ? 0 : 1 });
      return `${number.format(value / 1000 ** power)}\u00a0${units[power] ?? "B"}`;
    },
    dateTime: (value) => date.format(new Date(value)),
    ago: (value, now) => {
      const seconds = Math.round((new Date(value).getTime() - now) / 1000);
      const size = Math.abs(seconds);
      if (size < 60) return relative.format(Math.trunc(seconds), "second");
      if (size < 3600) return relative.format(Math.trunc(seconds / 60), "minute");
      if (size < 86_400) return relative.format(Math.trunc(seconds / 3600), "hour");
      return relative.format(Math.trunc(seconds / 86_400), "day");
    },
    duration: (milliseconds) => {
      const seconds = Math.max(0, milliseconds) / 1000;
      if (seconds < 1) return unit(Math.round(seconds * 1000), "millisecond");
      if (seconds < 10) return unit(seconds, "second", 1);
      const whole = Math.floor(seconds);
      const [d, h, m, s] = [
        Math.floor(whole / 86_400),
        Math.floor(whole / 3600) % 24,
        Math.floor(whole / 60) % 60,
        whole % 60,
      ];
      if (d > 0) return `${unit(d, "day")} ${unit(h, "hour")}`;
      if (h > 0) return `${unit(h, "hour")} ${unit(m, "minute")}`;
      return m > 0 ? `${unit(m, "minute")} ${unit(s, "second")}` : unit(s, "second");
    },
  };
}
