"""Names that try to break out of whatever shows them."""

DISTRICT = "=1+1</td><script>document.title='ran'</script>\"><img src=x onerror=document.title='ran'>"
SCENARIO = "@SUM(1){{7*7}}<svg onload=document.title='ran'>]]>--><!-- $x_1$ & 硚口㎡ " + "长" * 120
