import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "@/api/client";
import { pageQuery } from "@/api/queries";
import type { CreditView } from "@/api/types";
import { BarChart } from "@/charts/bars";
import { Field, inputStyle } from "@/ui/choice";
import { clock, money, shortDate } from "@/ui/format";
import { Operator } from "@/ui/operator";
import { Button, Card, PageHead, Section, Tile } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

const QUERY = pageQuery<CreditView>("/credits");

export function Page() {
  useTitle("Credits");
  return (
    <>
      <PageHead
        title="Credits"
        about="What was granted to this installation's keys, what they used, and what is left; in USD."
      />
      <Operator why="Credits are granted by the operator.">
        <Board />
      </Operator>
    </>
  );
}

function Board() {
  return <Loaded query={useQuery(QUERY)}>{(data) => <Facts data={data} />}</Loaded>;
}

function Facts({ data }: { data: CreditView }) {
  const spent = data.days.reduce((sum, day) => sum + Number(day.spend), 0);
  return (
    <>
      <dl className="mb-6 grid grid-cols-1 gap-3 sm:grid-cols-3">
        <Tile label="Granted">{money(data.granted)}</Tile>
        <Tile label="Used">{money(data.used)}</Tile>
        <Tile label="Left">{data.unlimited ? "No limit" : money(data.left)}</Tile>
      </dl>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        {data.days.length ? (
          <BarChart
            label="Spend by day"
            summary={`${money(spent)} over ${data.days.length} days.`}
            series={[{ id: "spend", name: "Spend" }]}
            points={data.days.map((day) => ({ at: day.day, values: { spend: Number(day.spend) } }))}
            format={money}
            formatAt={shortDate}
          />
        ) : (
          <Empty title="Nothing spent yet">Spend shows here by day.</Empty>
        )}
        <Grant />
      </div>
      <Section title="Entries" about="Every grant and correction, the newest first.">
        {data.entries.length ? (
          <Table
            label="Credit entries"
            columns={COLUMNS}
            rows={data.entries}
            rowKey={(row) => `${row.at} ${row.amount} ${row.reason}`}
          />
        ) : (
          <p className="text-sm text-ink-2">
            None{data.unlimited ? ": without a grant, keys may spend without a common limit" : ""}.
          </p>
        )}
      </Section>
    </>
  );
}

const COLUMNS: Column<CreditView["entries"][number]>[] = [
  { id: "at", head: "When, UTC", by: (r) => r.at, cell: (r) => clock(r.at) },
  {
    id: "amount",
    head: "Amount",
    number: true,
    by: (r) => Number(r.amount),
    cell: (r) => money(r.amount),
  },
  { id: "reason", head: "Reason", cell: (r) => r.reason },
];

function Grant() {
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const grant = useMutation({
    mutationFn: () => send("POST", "/credits", { amount, reason }),
    onSuccess: () => {
      setAmount("");
      setReason("");
      return client.invalidateQueries({ queryKey: QUERY.queryKey });
    },
  });
  return (
    <Card className="p-4">
      <h2 className="mb-3">Grant credits</h2>
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          grant.mutate();
        }}
      >
        <Field label="Amount, USD" hint="Below zero takes back">
          <input
            required
            inputMode="decimal"
            pattern="-?\d+(\.\d+)?"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        <Field label="Reason">
          <input
            required
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            className={`${inputStyle} w-full`}
          />
        </Field>
        {grant.error ? (
          <p role="alert" className="text-sm text-bad">
            {grant.error.message}
          </p>
        ) : null}
        <Button kind="main" type="submit" className="w-full" disabled={grant.isPending}>
          Grant
        </Button>
      </form>
    </Card>
  );
}
