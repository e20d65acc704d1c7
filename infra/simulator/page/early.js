// Before the first paint: language from the address, theme from the last choice.
{
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  if (query.get('lang') === 'ar') {
    root.lang = 'ar';
    root.dir = 'rtl';
  }
  const theme = query.get('theme') ?? localStorage.getItem('simulator-theme');
  if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;
}
