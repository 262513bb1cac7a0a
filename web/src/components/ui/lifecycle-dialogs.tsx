import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { ConfirmDialog } from "./confirm-dialog";

export type LifecycleStep = "delete" | "restore" | "purge";

interface Step {
  text: string;
  confirm: string;
  act: Act<void>;
}

interface Props {
  name: string;
  /** The step that is asked about, if it is one of these. */
  asked: string | undefined;
  steps: Record<LifecycleStep, Step>;
  onClose: () => void;
  /** After it is gone for good. */
  onPurged?: () => void;
}

const titles = {
  delete: "experiments.deleteTitle",
  restore: "experiments.restoreTitle",
  purge: "experiments.purgeTitle",
} as const;

/** Asks before something is deleted, restored or removed for good. */
export function LifecycleDialogs({ name, asked, steps, onClose, onPurged }: Props) {
  const { t } = useLanguage();
  return (["delete", "restore", "purge"] as const).map((step) => {
    const { text, confirm, act } = steps[step];
    return (
      <ConfirmDialog
        key={step}
        open={asked === step}
        onOpenChange={onClose}
        title={t(titles[step], { name })}
        description={text}
        confirm={confirm}
        typed={step === "purge" ? name : undefined}
        act={act}
        onConfirm={(done) =>
          act.mutate(undefined, {
            onSuccess: () => {
              done();
              if (step === "purge") onPurged?.();
            },
          })
        }
      />
    );
  });
}
