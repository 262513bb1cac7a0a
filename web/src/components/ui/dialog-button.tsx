import { useState, type ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";

interface Props {
  /** On the button. */
  label: ReactNode;
  variant?: "primary" | "plain";
  className?: string;
  title: string;
  description: ReactNode;
  wide?: boolean;
  /** What the dialog holds, given what closes it. */
  children: (close: () => void) => ReactNode;
}

/** A button and the dialog that it opens. */
export function DialogButton({ label, variant, className, title, description, wide, children }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} className={className} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={title} description={description} wide={wide}>
        {children(() => setOpen(false))}
      </Dialog>
    </>
  );
}
