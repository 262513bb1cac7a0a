import { useEffect, useRef, useState, type ReactNode } from "react";

/** Its content once it has come near the window, and from then on. */
export function InSight({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  // The browser alone knows what is in sight; where there is no layout, as in a test, nothing is.
  useEffect(() => {
    if (isSeen || place.current === null || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: "300px" },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return isSeen ? children : <div ref={place} className="in-sight" />;
}
