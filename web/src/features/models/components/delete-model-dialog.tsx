import { useState } from "react";
import { CheckField } from "@/components/ui/check-field";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useLanguage } from "@/lib/language";
import type { RegisteredModel } from "../api";
import { useDeleteModel } from "../edits";

interface Props {
  model: RegisteredModel;
  open: boolean;
  onClose: () => void;
  onDone?: () => void;
}

export function DeleteModelDialog({ model, open, onClose, onDone }: Props) {
  const { t } = useLanguage();
  const [allowProduction, setAllowProduction] = useState(false);
  const remove = useDeleteModel(model.name, allowProduction);
  const production = model.production_version ?? 0;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onClose}
      title={t("deleteModel.title", { name: model.name })}
      description={t("deleteModel.description")}
      confirm={t("deleteModel.submit")}
      typed={model.name}
      act={remove}
      onConfirm={(close) =>
        remove.mutate(undefined, {
          onSuccess: () => {
            close();
            onDone?.();
          },
        })
      }
    >
      {production > 0 && (
        <CheckField
          label={t("deleteModel.allowProduction", { version: production })}
          isChecked={allowProduction}
          onChange={setAllowProduction}
        />
      )}
    </ConfirmDialog>
  );
}
