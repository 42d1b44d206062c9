export type PagerProps = {
  /** What is paged. */
  readonly of: string;
  /** From 0 on. */
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
};

export const Pager = ({ of, page, pages, onPage }: PagerProps) =>
  pages > 1 ? (
    <nav class="pager" aria-label={`Pages of ${of}`}>
      <button type="button" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      <p class="number" aria-live="polite">
        Page {page + 1} of {pages.toLocaleString('en')}
      </p>
      <button type="button" disabled={page >= pages - 1} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </nav>
  ) : null;
