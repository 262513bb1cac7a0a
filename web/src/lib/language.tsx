import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { makeFormat, type Format } from "./format";
import { isLanguage, makeTranslate, type Language, type Translate } from "./messages";

interface LanguageValue {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Translate;
  format: Format;
}

const STORAGE_KEY = "millwright.language";
const LanguageContext = createContext<LanguageValue | null>(null);

/** What the person chose before, else the browser's. */
function firstLanguage(): Language {
  const stored = localStorage.getItem(STORAGE_KEY);
  if (isLanguage(stored)) return stored;
  return navigator.language.startsWith("ko") ? "ko" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState(firstLanguage);
  // The document is outside React: screen readers and hyphenation go by its language.
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo<LanguageValue>(
    () => ({
      language,
      setLanguage: (next) => {
        localStorage.setItem(STORAGE_KEY, next);
        choose(next);
      },
      t: makeTranslate(language),
      format: makeFormat(language),
    }),
    [language],
  );
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export function useLanguage(): LanguageValue {
  const value = useContext(LanguageContext);
  if (value === null) throw new Error("useLanguage outside LanguageProvider");
  return value;
}
