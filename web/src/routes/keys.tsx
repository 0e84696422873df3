import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { v1 } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { CreateKey } from "@/features/keys/create";
import { KEYS, type Key } from "@/features/keys/model";
import { KeyTable } from "@/features/keys/table";
import { Operator } from "@/ui/operator";
import { Button, PageHead } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";

export function Page() {
  useTitle("Keys");
  const [making, setMaking] = useState(false);
  const session = useQuery(sessionQuery).data;
  return (
    <>
      <PageHead
        title="Keys"
        about="What programs call this installation with. Only a key's hash is kept."
        actions={
          session?.signed_in ? (
            <Button kind="main" onClick={() => setMaking(true)}>
              <Plus size={14} aria-hidden /> New key
            </Button>
          ) : null
        }
      />
      <Operator why="Keys are made and revoked by the operator.">
        <Keys />
        <CreateKey open={making} onOpenChange={setMaking} baseUrl={session?.base_url ?? ""} />
      </Operator>
    </>
  );
}

function Keys() {
  const query = useQuery({
    queryKey: KEYS,
    queryFn: () => v1<{ data: Key[] }>("GET", "/keys?include_disabled=true"),
  });
  return (
    <Loaded
      query={query}
      isEmpty={({ data }) => !data.length}
      empty={<Empty title="No keys">Make the first one.</Empty>}
    >
      {({ data }) => <KeyTable keys={data} />}
    </Loaded>
  );
}
