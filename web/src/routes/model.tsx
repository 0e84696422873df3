import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ApiError } from "@/api/client";
import { modelQuery } from "@/api/queries";
import { TABS, tabOf } from "@/features/model/model";
import { ModelView } from "@/features/model/view";
import { buttonStyle, PageHead } from "@/ui/parts";
import { useTitle } from "@/ui/search-state";
import { Empty, Loaded } from "@/ui/states";

export function Page() {
  const { author = "", slug = "", tab: name } = useParams({ strict: false });
  const full = `${author}/${slug}`;
  const query = useQuery(modelQuery(full));
  const tab = tabOf(name);
  const label = TABS.find((one) => one.id === tab)?.label;
  const title = query.data?.name ?? full;
  useTitle(tab === "overview" || !label ? title : `${title} · ${label}`);

  if (query.error instanceof ApiError && query.error.status === 404)
    return <Missing title={full} text="There is no model of this name in the catalog." />;
  if (!tab)
    return <Missing title={full} text={`A model's page has no tab that is called “${name}”.`} />;
  return (
    <>
      {query.data ? null : <PageHead title={full} />}
      <Loaded query={query}>
        {(model) => <ModelView key={model.slug} model={model} tab={tab} />}
      </Loaded>
    </>
  );
}

function Missing({ title, text }: { title: string; text: string }) {
  return (
    <>
      <PageHead title={title} />
      <Empty title={text}>
        <Link to="/models" className={`${buttonStyle("main")} mt-3`}>
          Search models
        </Link>
      </Empty>
    </>
  );
}
