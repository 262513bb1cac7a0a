import { useState } from "react";
import { ActionMenu } from "@/components/ui/action-menu";
import { useLanguage } from "@/lib/language";
import type { RegisteredModel } from "../api";
import { DeleteModelDialog } from "./delete-model-dialog";
import { RenameDialog } from "./rename-dialog";

interface Props {
  model: RegisteredModel;
  /** For a page that shows the model under its name. */
  onRenamed?: (name: string) => void;
  onDeleted?: () => void;
}

export function ModelMenu({ model, onRenamed, onDeleted }: Props) {
  const { t } = useLanguage();
  const [open, setOpen] = useState<"rename" | "delete">();
  const close = () => setOpen(undefined);
  return (
    <>
      <ActionMenu
        label={t("models.actions", { name: model.name })}
        actions={[
          { text: t("rename.action"), onSelect: () => setOpen("rename") },
          { text: t("deleteModel.action"), danger: true, onSelect: () => setOpen("delete") },
        ]}
      />
      <RenameDialog name={model.name} open={open === "rename"} onClose={close} onDone={onRenamed} />
      <DeleteModelDialog model={model} open={open === "delete"} onClose={close} onDone={onDeleted} />
    </>
  );
}
