import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { useLanguage } from "@/lib/language";
import { CreateWebhookButton } from "./create-webhook-dialog";
import { WebhookTable } from "./webhook-table";

/** Who is told of what happens to a model. */
export function WebhookCard({ model }: { model: string }) {
  const { t } = useLanguage();
  return (
    <Card flush title={t("webhooks.title")} actions={<CreateWebhookButton model={model} />}>
      <Boundary>
        <WebhookTable model={model} />
      </Boundary>
    </Card>
  );
}
