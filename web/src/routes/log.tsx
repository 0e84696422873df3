import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { pageQuery } from "@/api/queries";
import type { GenerationDetail } from "@/api/types";
import { Detail } from "@/features/logs/detail";
import { clock } from "@/ui/format";
import { Operator } from "@/ui/operator";
import { CopyButton, PageHead, Tag } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Loaded } from "@/ui/states";
import { TONES } from "./logs";

export function Page() {
  const { id = "" } = useParams({ strict: false });
  useTitle("Generation");
  return (
    <Operator why="Logs show what was asked of this installation, and by whom.">
      <One id={id} />
    </Operator>
  );
}

function One({ id }: { id: string }) {
  return (
    <Loaded query={useQuery(pageQuery<GenerationDetail>(`/generations/${id}`))} rows={10}>
      {(generation) => (
        <>
          <PageHead
            title={generation.model || generation.requested}
            about={
              <span className="flex flex-wrap items-center gap-2 text-sm">
                <Tag tone={TONES[generation.status]}>
                  {generation.status === "ok" ? "served" : generation.status}
                </Tag>
                {clock(generation.created_at)} UTC
                <code className="font-mono break-all">{generation.id}</code>
                <CopyButton text={generation.id} label="Copy id" />
              </span>
            }
            actions={
              <Link to="/logs" className="text-sm text-accent">
                All logs
              </Link>
            }
          />
          <Detail generation={generation} />
        </>
      )}
    </Loaded>
  );
}
