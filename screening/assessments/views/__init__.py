"""Pages of assessments: each loads what the person may see, does one act or query, and answers."""
