import { PageHead } from "@/ui/parts";

export function Page() {
  return <PageHead title="status" />;
}
